package io.kvstore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordReaderTest {
    @Test
    void linesEndWithOrWithoutReturn() throws Exception {
        assertThat(records("a\r\nb\nc", false)).containsExactly("1:a", "2:b", "3:c");
    }

    @Test
    void blankLinesAreCountedAndPassedOver() throws Exception {
        assertThat(records("\n  \na\n\n", false)).containsExactly("3:a");
    }

    @Test
    void emptyColumnsAreNoBlankLine() throws Exception {
        assertThat(records("\t\t\n\r\n \n", true)).containsExactly("1:\t\t", "3: ");
    }

    @Test
    void aQuoteHoldsLinesTogether() throws Exception {
        assertThat(records("x,\"1\n2\r\n3\"\"\"\ny\n", true)).containsExactly("1:x,\"1\n2\r\n3\"\"\"", "4:y");
        assertThat(records("{\"a\":\"\\\"\n2\n", false)).containsExactly("1:{\"a\":\"\\\"", "2:2");
    }

    @Test
    void aQuoteWithinAColumnIsACharacterLikeOthers() throws Exception {
        assertThat(records("5\" pipe,a\nx,6\"\ny\n", true)).containsExactly("1:5\" pipe,a", "2:x,6\"", "3:y");
        assertThat(records("a,\"b\"\"\n\",c\n\"\",d\"\n\"\"\"\ne\"\n", true))
                .containsExactly("1:a,\"b\"\"\n\",c", "3:\"\",d\"", "4:\"\"\"\ne\"");
        assertThat(records("5\"\t\"a\n,b\"\n,\"\n", true)).containsExactly("1:5\"\t\"a\n,b\"", "3:,\"");
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheFirstRecord() throws Exception {
        assertThat(records("\uFEFFa\n\uFEFFb\n", false)).containsExactly("1:a", "2:\uFEFFb");
        assertThat(records("\uFEFF\"a\nb\"\n", true)).containsExactly("1:\"a\nb\"");
    }

    private static List<String> records(String text, boolean quotes) throws IOException, BadRecordException {
        ByteArrayInputStream in = new ByteArrayInputStream(Cli.bytes(text));
        RecordReader reader =
                quotes ? RecordReader.ofQuoted(in, text.contains("\t") ? '\t' : ',') : RecordReader.ofLines(in);
        List<String> records = new ArrayList<>();
        while (reader.next()) {
            records.add(reader.line() + ":" + reader.record());
        }
        assertThat(reader.bytes()).isEqualTo(Cli.bytes(text).length);
        return records;
    }
}
