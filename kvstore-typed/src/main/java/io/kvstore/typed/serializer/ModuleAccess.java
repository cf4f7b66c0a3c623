package io.kvstore.typed.serializer;

import java.lang.reflect.Constructor;
import java.lang.reflect.Member;
import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;

/** Whether Jackson may use a class or a member; if not, which line of a module-info is missing. Stateless. */
final class ModuleAccess {
    private static final Module JACKSON = ObjectMapper.class.getModule();
    private static final String JACKSON_NAME = "tools.jackson.databind";

    private ModuleAccess() {}

    /**
     * Sees to it that a class can be reached.
     *
     * @throws KVSerializationException if not
     */
    static void requireClass(Class<?> type) {
        require(type, null);
    }

    /**
     * Sees to it that a constructor, method or field can be used.
     *
     * @param member null if there is none
     * @throws KVSerializationException if not
     */
    static void requireMember(@Nullable Member member) {
        if (member != null) {
            require(member.getDeclaringClass(), member);
        }
    }

    private static void require(Class<?> type, @Nullable Member member) {
        if (isOfJdk(type)) {
            throw new KVSerializationException("cannot store values of " + type.getName()
                    + ": it is a class of the JDK that has no form in bytes; put its data into a record");
        }
        Module module = type.getModule();
        String packageName = type.getPackageName();
        if (!module.isNamed() || module.isOpen(packageName, JACKSON)) {
            return;
        }
        boolean isPublic =
                Modifier.isPublic(type.getModifiers()) && (member == null || Modifier.isPublic(member.getModifiers()));
        if (isPublic && module.isExported(packageName, JACKSON)) {
            return;
        }
        String open = "opens " + packageName + " to " + JACKSON_NAME + ";";
        String export = isPublic ? " or \"exports " + packageName + ";\"" : "";
        throw new KVSerializationException("cannot store values of " + type.getName() + ": " + subject(type, member)
                + " in module " + module.getName() + " is closed to the serializer; add \"" + open + "\"" + export
                + " to the module-info of " + module.getName());
    }

    private static boolean isOfJdk(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader == null || loader.equals(ClassLoader.getPlatformClassLoader());
    }

    private static String subject(Class<?> type, @Nullable Member member) {
        if (member == null) {
            return (Modifier.isPublic(type.getModifiers()) ? "the" : "the non-public") + " class";
        }
        String access = Modifier.isPublic(member.getModifiers()) ? "" : "non-public ";
        return member instanceof Constructor<?> ? "its " + access + "constructor" : "its " + access + member.getName();
    }
}
