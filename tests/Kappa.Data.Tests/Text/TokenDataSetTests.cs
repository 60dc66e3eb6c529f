namespace Kappa.Data.Tests.Text;

public sealed class TokenDataSetTests
{
    [Theory]
    [InlineData(10, 3, 1, 7)]
    [InlineData(10, 3, 3, 3)]
    [InlineData(9, 3, 3, 2)]
    [InlineData(4, 3, 3, 1)]
    [InlineData(10, 3, 4, 2)]
    public void Targets_are_inputs_shifted_by_one(int tokens, int contextLength, int stride, int windows)
    {
        var data = new TokenDataSet(Stream(tokens), contextLength, stride);
        Assert.Equal(windows, data.Count);
        var (x, y) = data.Take([.. Enumerable.Range(0, windows)]);
        Assert.Equal([windows, contextLength], x.Shape.ToArray());
        for (int i = 0; i < windows; i++)
        {
            Assert.Equal(Enumerable.Range(i * stride, contextLength), x.Values<int>().Slice(i * contextLength, contextLength).ToArray());
            Assert.Equal(Enumerable.Range((i * stride) + 1, contextLength), y.Values<int>().Slice(i * contextLength, contextLength).ToArray());
        }
    }

    [Fact]
    public void Sequential_windows_target_every_token_but_the_first_once()
    {
        List<int> targets = [];
        foreach (var (_, y) in new TokenDataSet(Stream(13), 4, 4).BatchesInOrder(2))
            targets.AddRange(y.ToArray<int>());
        Assert.Equal(Enumerable.Range(1, 12), targets);
    }

    [Fact]
    public void A_stream_shorter_than_a_window_is_refused() =>
        Assert.Contains("needs 5; the stream has 4", Assert.Throws<ArgumentException>(() => new TokenDataSet(Stream(4), 4, 1)).Message);

    [Fact]
    public void A_token_out_of_range_is_named_with_its_position() =>
        Assert.Contains(
            "position 1 is out of range: expected 0 to 2", Assert.Throws<ArgumentOutOfRangeException>(() => new TokenStream([0, 3, 1], 3, 3)).Message);

    [Fact]
    public void Documents_follow_each_other_with_the_separator_and_characters_are_counted()
    {
        TextDocument[] documents = [new("a", "", "ab\U0001F600"), new("b", "", "ba")];
        var characters = CharacterTokenizer.Train(["ab\U0001F600\n"]);
        var stream = TokenStream.Encode(characters, documents, separator: "\n");
        Assert.Equal("ab\U0001F600\nba\n", characters.Decode(stream.Tokens));
        Assert.Equal(7, stream.CharacterCount);
        Assert.Equal(1, stream.BitsPerCharacter(Math.Log(2)), 12);
        var bytes = TokenStream.Encode(BytePairTokenizer.Train([""], 256), documents, separator: "\n");
        Assert.Equal((7, 10), (bytes.CharacterCount, bytes.Tokens.Length));
        Assert.Equal(10.0 / 7, bytes.BitsPerCharacter(Math.Log(2)), 12);
        Assert.Contains("b: the character", Assert.Throws<ArgumentException>(
            () => TokenStream.Encode(CharacterTokenizer.Train(["a\n"]), [new("a", "", "a"), new("b", "", "b")])).Message);
    }

    [Fact]
    public void Documents_are_parted_whole_and_the_same_way_for_a_seed()
    {
        TextDocument[] documents = [.. Enumerable.Range(0, 50).Select(i => new TextDocument($"d{i:00}", "", ""))];
        var (training, validation) = documents.Split(0.1, new Philox(1));
        Assert.Equal((45, 5), (training.Count, validation.Count));
        Assert.Equal(documents, training.Concat(validation).OrderBy(document => document.Name, StringComparer.Ordinal));
        Assert.Equal(validation, documents.Split(0.1, new Philox(1)).Validation);
        Assert.NotEqual(validation, documents.Split(0.1, new Philox(2)).Validation);
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => documents.Split(1, new Philox(1)));
    }

    private static TokenStream Stream(int count) => new([.. Enumerable.Range(0, count)], count, count);
}
