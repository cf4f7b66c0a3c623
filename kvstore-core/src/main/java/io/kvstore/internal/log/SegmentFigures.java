package io.kvstore.internal.log;

/**
 * What is in a segment, whether it is current or not. Sizes are estimates: sums of the bounds of size classes.
 *
 * @param records how many, the seal left out
 * @param puts how many of them are puts
 * @param appendedEstimate of all records
 * @param tombstoneEstimate of the tombstones
 * @param expiry when its records expire
 */
public record SegmentFigures(
        long records, long puts, long appendedEstimate, long tombstoneEstimate, ExpiryProfile expiry) {}
