package io.kvstore.demo;

/** What is in the store is not what this program put there, or a newer version of it did. The message says which. */
final class CatalogException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CatalogException(String message) {
        super(message);
    }
}
