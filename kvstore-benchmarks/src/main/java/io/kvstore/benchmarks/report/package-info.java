/** The results of a run: as JSON, Markdown and charts, and beside those of another run. */
@NullMarked
package io.kvstore.benchmarks.report;

import org.jspecify.annotations.NullMarked;
