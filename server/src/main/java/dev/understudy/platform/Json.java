package dev.understudy.platform;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedConstructor;
import tools.jackson.databind.introspect.AnnotatedMethod;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.NamedType;

/// How our records become JSON, in the database and for operators, without annotations on them:
/// instants and durations as ISO-8601 text, a record whose only component is called `value` as that
/// value, and the records of a sealed interface with a `type` member that holds the simple name.
public final class Json {
    private static final JsonMapper MAPPER = configure(JsonMapper.builder()).build();

    private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};

    private Json() {}

    /// Adds our rules to a mapper that is being built.
    public static JsonMapper.Builder configure(JsonMapper.Builder builder) {
        return builder.annotationIntrospector(new OurRecords());
    }

    public static String write(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    public static byte[] bytes(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    /// Members that `type` does not know are ignored: an older replica reads what a newer one
    /// wrote.
    public static <T> T read(String json, Class<T> type) {
        return present(MAPPER.readValue(json, type), type);
    }

    /// As [#read]; empty for a kind or a value that `type` does not know, as a newer replica may
    /// have written it.
    public static <T> Optional<T> readKnown(String json, Class<T> type) {
        try {
            return Optional.of(read(json, type));
        } catch (DatabindException _) {
            return Optional.empty();
        }
    }

    public static <T> T read(byte[] json, Class<T> type) {
        return present(MAPPER.readValue(json, type), type);
    }

    /// Reads an object whose members are all texts.
    public static Map<String, String> readTexts(String json) {
        return MAPPER.readValue(json, TEXTS);
    }

    private static <T> T present(@Nullable T value, Class<T> type) {
        if (value == null) {
            throw new IllegalArgumentException(
                    "null where a %s was expected".formatted(type.getSimpleName()));
        }
        return value;
    }

    private static final class OurRecords extends JacksonAnnotationIntrospector {
        @Override
        public JsonTypeInfo.@Nullable Value findPolymorphicTypeInfo(
                MapperConfig<?> config, Annotated annotated) {
            return sealedAbove(annotated.getRawType()) == null
                    ? super.findPolymorphicTypeInfo(config, annotated)
                    : JsonTypeInfo.Value.construct(
                            JsonTypeInfo.Id.NAME,
                            JsonTypeInfo.As.PROPERTY,
                            "type",
                            null,
                            false,
                            true);
        }

        @Override
        public @Nullable List<NamedType> findSubtypes(MapperConfig<?> config, Annotated annotated) {
            Class<?> sealed = sealedAbove(annotated.getRawType());
            return sealed == null ? super.findSubtypes(config, annotated) : kinds(sealed).toList();
        }

        @Override
        public @Nullable Boolean hasAsValue(MapperConfig<?> config, Annotated annotated) {
            boolean value =
                    annotated instanceof AnnotatedMethod method
                            && method.getName().equals("value")
                            && method.getParameterCount() == 0
                            && isValue(method.getDeclaringClass());
            return value ? Boolean.TRUE : super.hasAsValue(config, annotated);
        }

        @Override
        public JsonCreator.@Nullable Mode findCreatorAnnotation(
                MapperConfig<?> config, Annotated annotated) {
            boolean value =
                    annotated instanceof AnnotatedConstructor constructor
                            && constructor.getParameterCount() == 1
                            && isValue(constructor.getDeclaringClass());
            return value
                    ? JsonCreator.Mode.DELEGATING
                    : super.findCreatorAnnotation(config, annotated);
        }

        private static Stream<NamedType> kinds(Class<?> sealed) {
            return Arrays.stream(sealed.getPermittedSubclasses())
                    .flatMap(
                            kind ->
                                    kind.isSealed()
                                            ? kinds(kind)
                                            : Stream.of(new NamedType(kind, kind.getSimpleName())));
        }

        private static boolean isValue(Class<?> type) {
            if (!type.isRecord()) {
                return false;
            }
            RecordComponent[] components = type.getRecordComponents();
            return components.length == 1 && components[0].getName().equals("value");
        }

        private static @Nullable Class<?> sealedAbove(Class<?> type) {
            if (type.isInterface() && type.isSealed() && type.getName().startsWith("dev.")) {
                return type;
            }
            if (!type.isRecord()) {
                return null;
            }
            return Arrays.stream(type.getInterfaces())
                    .map(OurRecords::sealedAbove)
                    .filter(above -> above != null)
                    .findFirst()
                    .orElse(null);
        }
    }
}
