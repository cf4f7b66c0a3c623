package io.kvstore.cli;

import io.kvstore.KVDamage;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Shows damaged places. */
final class Damage {
    private Damage() {}

    static void print(Console console, List<KVDamage> damage) {
        damage.forEach(
                place -> console.line("  " + Printable.of(KVStoreCommand.inWordsOfTheCommand(place.toString()))));
    }

    static void put(ObjectNode node, String name, List<KVDamage> damage) {
        ArrayNode places = node.putArray(name);
        for (KVDamage place : damage) {
            ObjectNode item = places.addObject()
                    .put("file", place.file().toString())
                    .put("offset", place.offset())
                    .put("what", KVStoreCommand.inWordsOfTheCommand(place.what()));
            byte[] key = place.key();
            if (key != null) {
                item.put("keyBase64", java.util.Base64.getEncoder().encodeToString(key));
            }
        }
    }
}
