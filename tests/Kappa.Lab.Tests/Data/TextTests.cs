namespace Kappa.Lab.Tests.Data;

public sealed class TextTests
{
    [Theory]
    [InlineData("616263ff", "0xff at offset 3")]
    [InlineData("c3a9c3", "0xc3 at offset 2")]
    [InlineData("61eda080", "0xed at offset 1")]
    [InlineData("efbbbf80", "0x80 at offset 3")]
    [InlineData("6180", "0x80 at offset 1")]
    public void Bytes_that_are_not_UTF8_are_named_with_their_offset(string hexadecimal, string part)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["t.txt"], Convert.FromHexString(hexadecimal));
        string message = Assert.Throws<DataFileException>(() => TextDocument.Read(folder["t.txt"])).Message;
        Assert.StartsWith(folder["t.txt"], message);
        Assert.Contains($"got the byte {part}", message);
    }

    [Fact]
    public void A_byte_order_mark_is_left_out()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["t.txt"], [0xef, 0xbb, 0xbf, .. "é"u8]);
        Assert.Equal(new TextDocument("t.txt", "", "é"), TextDocument.Read(folder["t.txt"]));
    }

    [Theory]
    [InlineData("\n\n\tThe/at jury/nn said/vbd ,/, ``/`` no/at evidence/nn ''/'' ./.\n\n", "The jury said, \"no evidence\".")]
    [InlineData("One/cd ./.\nTwo/cd ./.\n\n\n\tThree/cd (/( 1/2/cd )/) --/-- so/rb", "One. Two.\nThree (1/2) -- so")]
    [InlineData("Why/wrb ?/. ?/.\nNo/rb !/. !/.", "Why? No!")]
    [InlineData("his/pp$ 3-1/2''/nn rule/nn", "his 3-1/2\" rule")]
    [InlineData("``/`` He/pps said/vbd `/` yes/rb '/' ./. ''/''", "\"He said 'yes'.\"")]
    [InlineData(" \n", "")]
    public void Tags_are_taken_off_and_words_put_together_as_printed(string tagged, string text) =>
        Assert.Equal(text, BrownCorpus.StripTags("x", tagged));

    [Theory]
    [InlineData("The/at\njury said/vbd", "on line 2, got \"jury\"")]
    [InlineData("/at", "on line 1, got \"/at\"")]
    public void A_word_without_a_tag_is_named_with_its_line(string tagged, string part) =>
        Assert.Contains(part, Assert.Throws<DataFileException>(() => BrownCorpus.StripTags("x", tagged)).Message);

    [SkippableFact]
    public void The_Brown_corpus_is_500_samples_of_plain_text()
    {
        Requires.Data(DataCatalog.BrownCorpus);
        var documents = BrownCorpus.Load();
        Assert.Equal(500, documents.Count);
        Assert.Equal(15, documents.Select(document => document.Category).Distinct().Count());
        Assert.StartsWith(
            "The Fulton County Grand Jury said Friday an investigation of Atlanta's recent primary election produced "
            + "\"no evidence\" that any irregularities took place.\nThe jury further said",
            documents[0].Text);
        Assert.Equal(("ca01", "news"), (documents[0].Name, documents[0].Category));
        Assert.InRange(documents.Sum(document => document.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length), 980_000, 1_030_000);
        Assert.All(documents, document => Assert.DoesNotContain("  ", document.Text));
    }

    [SkippableFact]
    public void Both_tokenizers_give_the_Brown_corpus_back()
    {
        Requires.Data(DataCatalog.BrownCorpus);
        var (training, validation) = BrownCorpus.Load().Split(0.1, new Philox(0));
        Tokenizer[] tokenizers = [
            CharacterTokenizer.Train(training.Select(document => document.Text), withUnknown: false),
            BytePairTokenizer.Train(training.Select(document => document.Text), 2048)];
        string text = string.Concat(validation.Select(document => document.Text + "\n\n"));
        foreach (var tokenizer in tokenizers)
        {
            var stream = TokenStream.Encode(tokenizer, validation);
            Assert.Equal(text, tokenizer.Decode(stream.Tokens));
            Assert.Equal(text.Length, stream.CharacterCount);
        }
        Assert.Equal(2048, tokenizers[1].VocabularySize);
        // English in two thousand tokens: three characters each.
        Assert.InRange(text.Length / (double)tokenizers[1].Encode(text).Length, 2.9, 3.3);
    }
}
