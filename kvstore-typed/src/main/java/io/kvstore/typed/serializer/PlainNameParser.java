package io.kvstore.typed.serializer;

import tools.jackson.core.JsonParser;
import tools.jackson.core.sym.PropertyNameMatcher;
import tools.jackson.core.util.JsonParserDelegate;

/**
 * Reads names one by one. The shortcut of the CBOR parser of Jackson 3.1 ends in an {@code IllegalStateException} when
 * names are not kept from document to document; see {@link CborFormat}.
 *
 * <p>For one thread; closes the parser behind it.
 */
final class PlainNameParser extends JsonParserDelegate {
    PlainNameParser(JsonParser parser) {
        super(parser);
    }

    @Override
    public int nextNameMatch(PropertyNameMatcher matcher) {
        nextToken();
        return currentNameMatch(matcher);
    }
}
