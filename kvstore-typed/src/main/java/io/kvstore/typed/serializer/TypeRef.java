package io.kvstore.typed.serializer;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;

/**
 * Names a generic type, which no {@code Class} can: {@code new TypeRef<List<Order>>() {}}. The braces matter: the type
 * is read from the anonymous class that they make (Gafter, "Super Type Tokens", 2006).
 *
 * <p>Immutable, and equal to every other of the same type.
 *
 * @param <T> the type, without type variables
 */
public abstract class TypeRef<T> {
    private final Type type;

    /**
     * Takes the type from the subclass.
     *
     * @throws IllegalArgumentException if the subclass does not give the type, or gives one with a type variable
     */
    protected TypeRef() {
        if (!(getClass().getGenericSuperclass() instanceof ParameterizedType superclass)
                || superclass.getRawType() != TypeRef.class) {
            throw new IllegalArgumentException(getClass().getName()
                    + ": the type is missing; write it where the TypeRef is made: new TypeRef<List<Order>>() {}");
        }
        type = superclass.getActualTypeArguments()[0];
        refuseVariables(type);
    }

    /**
     * The type.
     *
     * @return a class, or a generic type made of classes
     */
    public final Type type() {
        return type;
    }

    private void refuseVariables(Type part) {
        if (part instanceof TypeVariable<?>) {
            throw new IllegalArgumentException("TypeRef<" + type.getTypeName() + ">: " + part.getTypeName()
                    + " is a type variable, whose type is not known at run time; write the type itself");
        } else if (part instanceof ParameterizedType generic) {
            refuseVariables(generic.getActualTypeArguments());
        } else if (part instanceof GenericArrayType array) {
            refuseVariables(array.getGenericComponentType());
        } else if (part instanceof WildcardType wildcard) {
            refuseVariables(wildcard.getUpperBounds());
        }
    }

    private void refuseVariables(Type[] parts) {
        for (Type part : parts) {
            refuseVariables(part);
        }
    }

    @Override
    public final boolean equals(Object other) {
        return other instanceof TypeRef<?> that && type.equals(that.type);
    }

    @Override
    public final int hashCode() {
        return type.hashCode();
    }

    @Override
    public final String toString() {
        return type.getTypeName();
    }
}
