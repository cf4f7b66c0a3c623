package io.kvstore.benchmarks.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.DoubleStream;

/**
 * Threads that do what they do as fast as they can, until all is done or time is up: gives rates. Latencies of such a
 * loop would leave out the operations that a slow one held up; {@link PacedLoop} gives those.
 */
public final class ClosedLoop {
    /** Operations between two looks at the clock. */
    private static final int STEP = 16;

    private ClosedLoop() {}

    /**
     * How fast it was.
     *
     * @param rates operations a second, of each thread
     * @param processorNanos that the whole process had of the processors, by the operations of all threads
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, and never compared
    public record Outcome(double[] rates, double processorNanos) {
        /**
         * Of all threads.
         *
         * @return operations a second
         */
        public double rate() {
            return DoubleStream.of(rates).sum();
        }
    }

    /** What one thread has done. */
    private record Done(long operations, double rate) {}

    /**
     * Runs one thread for each operation, all at the same time.
     *
     * @param times how often each is done at the most
     * @param seconds how long each goes on at the most
     * @param operations one for each thread
     * @return how fast that was
     */
    public static Outcome run(long times, double seconds, List<? extends Operation> operations) {
        ExecutorService threads = Executors.newFixedThreadPool(operations.size());
        try {
            long processorBefore = ProcessorTime.nanos();
            CountDownLatch ready = new CountDownLatch(operations.size());
            List<Future<Done>> running = new ArrayList<>();
            for (Operation operation : operations) {
                running.add(threads.submit(() -> {
                    ready.countDown();
                    ready.await();
                    return loop(times, seconds, operation);
                }));
            }
            double[] rates = new double[operations.size()];
            long done = 0;
            for (int i = 0; i < rates.length; i++) {
                Done one = running.get(i).get();
                rates[i] = one.rate();
                done += one.operations();
            }
            return new Outcome(rates, (double) (ProcessorTime.nanos() - processorBefore) / done);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    private static Done loop(long times, double seconds, Operation operation) {
        long start = System.nanoTime();
        long most = (long) (seconds * 1e9);
        long done = 0;
        while (done < times && System.nanoTime() - start < most) {
            long until = Math.min(times, done + STEP);
            for (; done < until; done++) {
                operation.run();
            }
        }
        return new Done(done, done * 1e9 / (System.nanoTime() - start));
    }
}
