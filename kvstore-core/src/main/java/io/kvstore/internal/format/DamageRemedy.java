package io.kvstore.internal.format;

/** What the message of a damage tells its reader to do. */
public final class DamageRemedy {
    /** Of damage to anything but the store file, without which no record can be checked. */
    public static final String BACKUP_OR_REPAIR = "restore a backup, or save what is intact with KVStore.repair";

    private DamageRemedy() {}
}
