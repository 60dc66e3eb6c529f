namespace Kappa.Data.Tests.Text;

public sealed class BytePairTokenizerTests
{
    private const string Rhyme = "she sells sea shells by the sea shore; the shells she sells are sea shells, I'm sure. aaaa aaaaa aa 1111 11";

    [Fact]
    public void Training_gives_the_merges_of_the_naive_trainer()
    {
        var generator = new Philox(1);
        Assert.Equal(NaiveBytePairs.Train(Rhyme, 60), BytePairTokenizer.Train([Rhyme], 256 + 60).Merges);
        for (int i = 0; i < 300; i++)
        {
            string text = RandomText.OfFew(generator, 200);
            Assert.Equal(NaiveBytePairs.Train(text, 40), BytePairTokenizer.Train([text], 256 + 40).Merges);
        }
    }

    [Fact]
    public void Encoding_gives_the_tokens_of_the_naive_encoder()
    {
        var generator = new Philox(2);
        for (int i = 0; i < 300; i++)
        {
            var tokenizer = BytePairTokenizer.Train([RandomText.OfFew(generator, 300)], 256 + 50);
            string text = RandomText.OfFew(generator, 200);
            Assert.Equal(NaiveBytePairs.Encode(text, tokenizer.Merges), tokenizer.Encode(text));
        }
    }

    [Fact]
    public void Decoding_gives_back_any_text()
    {
        var generator = new Philox(3);
        var tokenizer = BytePairTokenizer.Train([Rhyme, RandomText.OfFew(generator, 2000)], 400);
        for (int i = 0; i < 2000; i++)
        {
            string text = i % 2 == 0 ? RandomText.OfAll(generator, 60) : RandomText.OfFew(generator, 60);
            int[] tokens = tokenizer.Encode(text);
            Assert.Equal(text, tokenizer.Decode(tokens));
            // Printed token by token, as a generator does.
            var decoder = Encoding.UTF8.GetDecoder();
            char[] buffer = new char[64];
            var streamed = new StringBuilder();
            foreach (int token in tokens)
                _ = streamed.Append(buffer, 0, decoder.GetChars(tokenizer.BytesOf(token), buffer, flush: false));
            Assert.Equal(text, streamed.ToString());
        }
    }

    [Fact]
    public void A_long_text_without_spaces_is_encoded_as_the_naive_encoder_does()
    {
        var tokenizer = BytePairTokenizer.Train(["aaaa aaaa aaaaaaaa ab ab abab"], 270);
        string text = string.Concat(Enumerable.Repeat("aaab", 20_000));
        Assert.Equal(NaiveBytePairs.Encode(text, tokenizer.Merges), tokenizer.Encode(text));
    }

    [Fact]
    public void Training_ends_where_no_pair_occurs_twice()
    {
        Assert.Equal(256, BytePairTokenizer.Train([""], 1000).VocabularySize);
        // "ab" and " ab" share one pair, and nothing else comes twice.
        Assert.Equal([(97, 98)], BytePairTokenizer.Train(["ab ab"], 1000).Merges);
    }

    [Fact]
    public void Equal_counts_are_settled_by_the_smallest_pair() =>
        Assert.Equal((97, 98), BytePairTokenizer.Train(["yz,ab,yz,ab"], 257).Merges.Single());

    [Fact]
    public void A_saved_tokenizer_is_the_same_when_loaded()
    {
        using var folder = new TemporaryFolder();
        var tokenizer = BytePairTokenizer.Train([Rhyme], 300);
        tokenizer.Save(folder["tokens.json"]);
        var loaded = Assert.IsType<BytePairTokenizer>(Tokenizer.Load(folder["tokens.json"]));
        Assert.Equal(tokenizer.Merges, loaded.Merges);
        Assert.Equal(tokenizer.Encode(Rhyme), loaded.Encode(Rhyme));
    }

    [Theory]
    [InlineData("""{"kind":"byte-pair","merges":[[97,300]]}""", "merge 0 joins 97 and 300: expected tokens below 256")]
    [InlineData("""{"kind":"byte-pair","merges":[[97,-1]]}""", "expected tokens below 256")]
    [InlineData("""{"kind":"byte-pair","merges":[[97,98],[97,98]]}""", "merge 1 joins 97 and 98 again")]
    [InlineData("""{"kind":"byte-pair","merges":[[97]]}""", "a merge of 1 tokens")]
    [InlineData("""{"kind":"byte-pair"}""", "expected a tokenizer")]
    [InlineData("""{"kind":"word"}""", "the kind \"word\"")]
    [InlineData("""{"kind":"character","characters":"aa","unknown":false}""", "come twice")]
    [InlineData("""{"kind":"character","characters":"ab"}""", "expected a tokenizer")]
    [InlineData("[1]", "expected a tokenizer")]
    [InlineData("""{"kind":""", "expected a tokenizer")]
    public void A_broken_file_is_refused_with_its_name(string json, string part)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["t.json"], json);
        string message = Assert.Throws<DataFileException>(() => Tokenizer.Load(folder["t.json"])).Message;
        Assert.StartsWith(folder["t.json"], message);
        Assert.Contains(part, message);
    }

    [Fact]
    public void Tokens_out_of_range_are_named_with_their_position()
    {
        var tokenizer = BytePairTokenizer.Train([""], 256);
        Assert.Contains(
            "position 2 is out of range: expected 0 to 255", Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode([1, 2, 256])).Message);
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.BytesOf(-1));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_named_with_its_position()
    {
        var tokenizer = BytePairTokenizer.Train([""], 256);
        Assert.Contains("U+D83D) at position 3", Assert.Throws<ArgumentException>(() => tokenizer.Encode("\U0001F600a\ud83da")).Message);
        Assert.Contains("U+DE00) at position 0", Assert.Throws<ArgumentException>(() => tokenizer.Encode("\ude00")).Message);
        Assert.Contains("at position 1", Assert.Throws<ArgumentException>(() => tokenizer.Encode("a\ud83d")).Message);
        Assert.Contains("U+DE00) at position 3", Assert.Throws<ArgumentException>(() => tokenizer.Encode("\U0001F600a\ude00")).Message);
    }

    [Fact]
    public void Tokens_that_are_no_UTF8_read_as_the_replacement_character() =>
        Assert.Equal("a\ufffdb", BytePairTokenizer.Train([""], 256).Decode([97, 0xff, 98]));
}
