
namespace Kappa.Data.Tests.Text;

public sealed class PretrainedTokenizerTests
{
    private static readonly PretrainedTokenizer Gpt2 = PretrainedTokenizer.Named("gpt2");
    private static readonly PretrainedTokenizer O200k = PretrainedTokenizer.Named("o200k");

    /// <summary>Ids that others have published: GPT-2's repository and the documentation of Hugging Face and of OpenAI's tiktoken.</summary>
    [Theory]
    [InlineData("gpt2", "Hello world", 15496, 995)]
    [InlineData("gpt2", "Hello, world!", 15496, 11, 995, 0)]
    [InlineData("gpt2", "Hello, my dog is cute", 15496, 11, 616, 3290, 318, 13779)]
    [InlineData("gpt2", " Hello world", 18435, 995)]
    [InlineData("gpt2", "\n", 198)]
    [InlineData("gpt2", "\n\n", 628)]
    [InlineData("o200k", "hello world", 24912, 2375)]
    [InlineData("o200k", "tiktoken is great!", 83, 8251, 2488, 382, 2212, 0)]
    public void Known_texts_have_their_published_ids(string name, string text, params int[] tokens)
    {
        Assert.Equal(tokens, PretrainedTokenizer.Named(name).Encode(text));
        Assert.Equal(text, PretrainedTokenizer.Named(name).Decode(tokens));
    }

    [Theory]
    [InlineData("gpt2", "gpt2")]
    [InlineData("o200k", "gpt-4o")]
    public void Tokens_are_those_of_Microsoft_ML_Tokenizers(string name, string model)
    {
        var ours = PretrainedTokenizer.Named(name);
        var theirs = Microsoft.ML.Tokenizers.TiktokenTokenizer.CreateForModel(model);
        var random = new Philox(2);
        string[] words =
            ["The", " quick", " isn't", "WE'RE", "naïve", " 12345678", "\r\n", "   ", "\t", "...", " http://a.b/c?d=e", "北京", "😀", " mañana", "xyzzyqwfp"];
        for (int i = 0; i < 2000; i++)
        {
            string text = i % 2 == 0
                ? RandomText.OfAll(random, 40)
                : string.Concat(Enumerable.Range(0, random.NextInt32(20)).Select(_ => words[random.NextInt32(words.Length)]));
            Assert.Equal(theirs.EncodeToIds(text), ours.Encode(text));
        }
    }

    [Fact]
    public void Sizes_and_special_tokens_are_the_published_ones()
    {
        Assert.Equal((50257, 50256), (Gpt2.VocabularySize, Gpt2.EndOfText));
        Assert.Equal((200019, 199999, 200018), (O200k.VocabularySize, O200k.EndOfText, O200k.SpecialTokens["<|endofprompt|>"]));
        Assert.Equal(["gpt2", "o200k"], PretrainedTokenizer.Names);
    }

    [Fact]
    public void Any_text_comes_back_the_same()
    {
        var random = new Philox(1);
        foreach (var tokenizer in new[] { Gpt2, O200k })
        {
            foreach (string text in new[] { "", " ", "  a\t\r\n b", "Zürich 北京 😀👩‍👩‍👧 \u0000\u0001 𝐀𝐁", "1234567 it's WE'RE\u00a0x/\r\n/y" })
                Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
            for (int i = 0; i < 300; i++)
            {
                string text = i % 2 == 0 ? RandomText.OfAll(random, 40) : RandomText.OfFew(random, 40);
                Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
            }
        }
    }

    [Fact]
    public void Every_token_has_bytes_and_single_bytes_are_tokens()
    {
        foreach (var tokenizer in new[] { Gpt2, O200k })
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            for (int token = 0; token < tokenizer.VocabularySize; token++)
                _ = seen.Add(Convert.ToHexString(tokenizer.BytesOf(token)));
            // All differ, but for the 19 of o200k that no text has, which are said to be U+FFFD, as one is that text has.
            Assert.Equal(tokenizer == Gpt2 ? 50257 : 200019 - 19, seen.Count);
            Assert.All(Enumerable.Range(0, 256), value => Assert.Contains(value.ToString("X2", CultureInfo.InvariantCulture), seen));
        }
    }

    [Fact]
    public void The_name_of_a_special_token_is_text_unless_it_is_asked_for()
    {
        const string Text = "a<|endoftext|>b";
        Assert.DoesNotContain(Gpt2.EndOfText, Gpt2.Encode(Text));
        Assert.Equal(Text, Gpt2.Decode(Gpt2.Encode(Text)));
        Assert.Equal([64, 50256, 65], Gpt2.EncodeWithSpecialTokens(Text));
        Assert.Equal([50256, 50256], Gpt2.EncodeWithSpecialTokens("<|endoftext|><|endoftext|>"));
        Assert.Equal(Gpt2.Encode("<|endoftext"), Gpt2.EncodeWithSpecialTokens("<|endoftext"));
        Assert.Equal([200018, 199999], O200k.EncodeWithSpecialTokens("<|endofprompt|><|endoftext|>"));
        Assert.Equal(Text, Gpt2.Decode([64, 50256, 65]));
    }

    [Fact]
    public void It_is_saved_by_name_and_loaded_as_any_tokenizer()
    {
        using var folder = new TemporaryFolder();
        O200k.Save(folder["t.json"]);
        Assert.InRange(new FileInfo(folder["t.json"]).Length, 10, 100);
        Assert.Same(O200k, Tokenizer.Load(folder["t.json"]));
        File.WriteAllText(folder["t.json"], """{"kind":"pretrained","name":"gpt-2"}""");
        Assert.Contains("did you mean \"gpt2\"", Assert.Throws<DataFileException>(() => Tokenizer.Load(folder["t.json"])).Message);
        File.WriteAllText(folder["t.json"], """{"kind":"other"}""");
        Assert.Contains("none of character, byte-pair and pretrained", Assert.Throws<DataFileException>(() => Tokenizer.Load(folder["t.json"])).Message);
    }

    [Fact]
    public void Wrong_use_is_refused()
    {
        Assert.Contains("did you mean \"gpt2\"", Assert.Throws<ArgumentException>(() => PretrainedTokenizer.Named("GPT2")).Message);
        Assert.Contains("position 1", Assert.Throws<ArgumentException>(() => Gpt2.Encode("a\ud800")).Message);
        Assert.Contains("expected 0 to 50256", Assert.Throws<ArgumentOutOfRangeException>(() => Gpt2.Decode([50257])).Message);
    }

    [Fact]
    public void A_long_text_without_a_space_is_no_trap()
    {
        // n log n takes a tenth of a second; n^2 takes minutes.
        foreach (var tokenizer in new[] { Gpt2, O200k })
        {
            string text = new('a', 200_000);
            Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
        }
    }

    [Fact]
    public void Threads_may_share_it()
    {
        int[] expected = Gpt2.Encode("The quick brown fox jumps over the lazy dog 42 times.");
        _ = Parallel.For(0, 200, _ => Assert.Equal(expected, Gpt2.Encode("The quick brown fox jumps over the lazy dog 42 times.")));
    }
}
