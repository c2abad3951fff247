import java.io.IOException;
import java.io.PrintStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/// Prints the classes and lambdas of jars in the form that `-XX:SharedClassListFile` reads, so that
/// a class data archive can hold them without a run of the program that would load them:
/// `java ClassList.java JAR…`. The same jars give the same list.
final class ClassList {
    private static final String METAFACTORY = "java.lang.invoke.LambdaMetafactory";

    public static void main(String[] jars) throws IOException {
        for (String jar : jars) {
            try (JarFile file = new JarFile(jar)) {
                for (JarEntry entry : file.stream().filter(ClassList::isClass).toList()) {
                    byte[] bytes = file.getInputStream(entry).readAllBytes();
                    print(ClassFile.of().parse(bytes), System.out);
                }
            }
        }
    }

    /// Versions for other releases and descriptors of modules and packages are not loaded.
    private static boolean isClass(JarEntry entry) {
        String name = entry.getName();
        return name.endsWith(".class")
                && !name.startsWith("META-INF/")
                && !name.endsWith("module-info.class")
                && !name.endsWith("package-info.class");
    }

    private static void print(ClassModel model, PrintStream out) {
        String name = model.thisClass().asInternalName();
        out.println(name);
        model.methods().stream()
                .flatMap(method -> method.code().stream())
                .flatMap(code -> code.elementStream())
                .flatMap(
                        element ->
                                element instanceof InvokeDynamicInstruction call
                                        ? Stream.of(call)
                                        : Stream.empty())
                .filter(ClassList::makesLambda)
                .map(call -> lambda(name, call))
                .distinct()
                .forEach(out::println);
    }

    private static boolean makesLambda(InvokeDynamicInstruction call) {
        DirectMethodHandleDesc bootstrap = call.bootstrapMethod();
        return bootstrap.methodName().equals("metafactory")
                && named(bootstrap.owner()).replace('/', '.').equals(METAFACTORY);
    }

    /// `@lambda-proxy CALLER NAME FACTORY-TYPE ERASED-TYPE KIND OWNER METHOD METHOD-TYPE TYPE`
    private static String lambda(String caller, InvokeDynamicInstruction call) {
        List<ConstantDesc> arguments = call.bootstrapArgs();
        DirectMethodHandleDesc body = (DirectMethodHandleDesc) arguments.get(1);
        return String.join(
                " ",
                "@lambda-proxy",
                caller,
                call.name().stringValue(),
                call.type().stringValue(),
                ((MethodTypeDesc) arguments.get(0)).descriptorString(),
                kind(body),
                named(body.owner()),
                body.methodName(),
                descriptor(body),
                ((MethodTypeDesc) arguments.get(2)).descriptorString());
    }

    private static String kind(DirectMethodHandleDesc body) {
        return switch (body.kind()) {
            case STATIC, INTERFACE_STATIC -> "REF_invokeStatic";
            case VIRTUAL -> "REF_invokeVirtual";
            case INTERFACE_VIRTUAL -> "REF_invokeInterface";
            case SPECIAL, INTERFACE_SPECIAL -> "REF_invokeSpecial";
            case CONSTRUCTOR -> "REF_newInvokeSpecial";
            case GETTER, SETTER, STATIC_GETTER, STATIC_SETTER ->
                    throw new IllegalStateException("a lambda of " + body);
        };
    }

    private static String descriptor(DirectMethodHandleDesc body) {
        return body.lookupDescriptor();
    }

    private static String named(ClassDesc type) {
        String descriptor = type.descriptorString();
        return descriptor.substring(1, descriptor.length() - 1);
    }
}
