namespace Kappa.Data.Tests.Text;

public sealed class CharacterTokenizerTests
{
    [Fact]
    public void The_vocabulary_is_the_characters_of_the_text_in_order()
    {
        var tokenizer = CharacterTokenizer.Train(["cab\U0001F600", "bé"]);
        Assert.Equal("abcé\U0001F600", tokenizer.Characters);
        Assert.Equal([2, 0, 1, 4], tokenizer.Encode("cab\U0001F600"));
        Assert.Equal(5, tokenizer.VocabularySize);
    }

    [Fact]
    public void Decoding_gives_back_any_text_of_known_characters()
    {
        var generator = new Philox(1);
        for (int i = 0; i < 500; i++)
        {
            string text = RandomText.OfAll(generator, 50) + "x";
            Assert.Equal(text, CharacterTokenizer.Train([text]).Decode(CharacterTokenizer.Train([text]).Encode(text)));
        }
    }

    [Fact]
    public void An_unknown_character_is_an_error_with_its_name_and_position_or_a_token_where_asked_for()
    {
        string message = Assert.Throws<ArgumentException>(() => CharacterTokenizer.Train(["ab"]).Encode("abq")).Message;
        Assert.Contains("\"q\" (U+0071) at position 2 is not in the vocabulary of 2 characters", message);
        var tokenizer = CharacterTokenizer.Train(["ab"], withUnknown: true);
        Assert.Equal(2, tokenizer.UnknownToken);
        Assert.Equal([0, 1, 2], tokenizer.Encode("abq"));
        Assert.Equal("ab\ufffd", tokenizer.Decode([0, 1, 2]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_saved_tokenizer_is_the_same_when_loaded(bool withUnknown)
    {
        using var folder = new TemporaryFolder();
        var tokenizer = CharacterTokenizer.Train(["some text\n\"quoted\" \U0001F600 \u2028"], withUnknown);
        tokenizer.Save(folder["tokens.json"]);
        var loaded = Assert.IsType<CharacterTokenizer>(Tokenizer.Load(folder["tokens.json"]));
        Assert.Equal((tokenizer.Characters, tokenizer.UnknownToken, tokenizer.VocabularySize), (loaded.Characters, loaded.UnknownToken, loaded.VocabularySize));
    }
}
