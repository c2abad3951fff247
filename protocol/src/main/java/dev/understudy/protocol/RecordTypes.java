package dev.understudy.protocol;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import com.google.gson.TypeAdapter;
import com.google.gson.TypeAdapterFactory;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads and writes records by their component names. Every component that is not `@Nullable` must
/// be there, numbers and booleans too (a missing `stop` must not read as "no stop"), and no member
/// may come twice. Members that are not known are skipped.
final class RecordTypes implements TypeAdapterFactory {
    private final boolean exact;

    private RecordTypes(boolean exact) {
        this.exact = exact;
    }

    static RecordTypes tolerant() {
        return new RecordTypes(false);
    }

    /// Takes members that are not known as errors.
    static RecordTypes exact() {
        return new RecordTypes(true);
    }

    @Override
    public <T> @Nullable TypeAdapter<T> create(Gson gson, TypeToken<T> type) {
        Class<? super T> raw = type.getRawType();
        return raw.isRecord() ? new Adapter<>(gson, raw, exact) : null;
    }

    private record Member(int index, RecordComponent component, TypeAdapter<Object> adapter) {
        String name() {
            return component.getName();
        }

        boolean required() {
            return !component.getAnnotatedType().isAnnotationPresent(Nullable.class);
        }
    }

    private static final class Adapter<T> extends TypeAdapter<T> {
        private final Class<? super T> type;
        private final boolean exact;
        private final Constructor<?> constructor;
        private final Map<String, Member> members = new LinkedHashMap<>();

        Adapter(Gson gson, Class<? super T> type, boolean exact) {
            this.type = type;
            this.exact = exact;
            RecordComponent[] components = type.getRecordComponents();
            for (int i = 0; i < components.length; i++) {
                members.put(components[i].getName(), member(gson, i, components[i]));
            }
            try {
                constructor =
                        type.getDeclaredConstructor(
                                Arrays.stream(components)
                                        .map(RecordComponent::getType)
                                        .toArray(Class<?>[]::new));
            } catch (NoSuchMethodException impossible) {
                throw new IllegalStateException("every record has this constructor", impossible);
            }
            constructor.setAccessible(true);
        }

        @SuppressWarnings("unchecked")
        private static Member member(Gson gson, int index, RecordComponent component) {
            component.getAccessor().setAccessible(true);
            return new Member(
                    index,
                    component,
                    (TypeAdapter<Object>)
                            gson.getAdapter(TypeToken.get(component.getGenericType())));
        }

        @Override
        public void write(JsonWriter out, @Nullable T value) throws IOException {
            if (value == null) {
                out.nullValue();
                return;
            }
            out.beginObject();
            for (Member member : members.values()) {
                out.name(member.name());
                try {
                    member.adapter().write(out, member.component().getAccessor().invoke(value));
                } catch (ReflectiveOperationException e) {
                    throw new IllegalStateException("cannot read " + member.name(), e);
                }
            }
            out.endObject();
        }

        @Override
        public @Nullable T read(JsonReader in) throws IOException {
            if (in.peek() == JsonToken.NULL) {
                in.nextNull();
                return null;
            }
            @Nullable Object[] values = new Object[members.size()];
            boolean[] seen = new boolean[members.size()];
            in.beginObject();
            while (in.hasNext()) {
                Member member = members.get(in.nextName());
                if (member == null) {
                    if (exact) {
                        throw new JsonParseException(
                                "%s is not known; known here are %s"
                                        .formatted(in.getPath(), members.keySet()));
                    }
                    in.skipValue();
                    continue;
                }
                if (seen[member.index()]) {
                    throw new JsonParseException(in.getPath() + " comes twice");
                }
                seen[member.index()] = true;
                values[member.index()] = member.adapter().read(in);
            }
            in.endObject();
            for (Member member : members.values()) {
                if (values[member.index()] == null && member.required()) {
                    throw new JsonParseException(
                            "%s.%s is missing or of an unknown kind"
                                    .formatted(type.getSimpleName(), member.name()));
                }
            }
            return construct(values);
        }

        @SuppressWarnings("unchecked")
        private T construct(@Nullable Object[] values) {
            try {
                return (T) constructor.newInstance(values);
            } catch (InvocationTargetException e) {
                throw new JsonParseException(
                        "%s: %s".formatted(type.getSimpleName(), why(e.getCause())), e.getCause());
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("cannot make a " + type.getSimpleName(), e);
            }
        }

        private static String why(@Nullable Throwable thrown) {
            return thrown == null || thrown.getMessage() == null
                    ? "a null in a list"
                    : thrown.getMessage();
        }
    }
}
