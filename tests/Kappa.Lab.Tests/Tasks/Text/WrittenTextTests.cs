using System.Text;

namespace Kappa.Lab.Tests.Tasks.Text;

public sealed class WrittenTextTests
{
    [Theory]
    [InlineData("hello world", "", "hello world", false)]
    [InlineData("hello world", "wor", "hello ", true)]
    [InlineData("hello world", "old", "hello world", false)]
    [InlineData("aaab", "aab", "a", true)]
    [InlineData("ababac", "abac", "ab", true)]
    [InlineData("ab", "abc", "ab", false)]
    [InlineData("one. two! three?", "!|.", "one", true)]
    [InlineData("h\u00e9llo \ud83d\ude00 end", "\ud83d\ude00", "h\u00e9llo ", true)]
    [InlineData("stop", "stop", "", true)]
    public void It_ends_before_the_first_stop_and_holds_back_only_what_may_become_one(string text, string stops, string expected, bool isComplete)
    {
        // Tokens of single bytes, so that characters and stops come in parts.
        var tokenizer = BytePairTokenizer.Train([text], 257);
        string[] all = stops.Split('|', StringSplitOptions.RemoveEmptyEntries);
        var written = new WrittenText(tokenizer, all);
        var result = new StringBuilder();
        foreach (byte value in Encoding.UTF8.GetBytes(text))
        {
            result.Append(written.Add(value));
            if (all.Length == 0 && value < 128)
                Assert.StartsWith(result.ToString(), text, StringComparison.Ordinal);
            if (written.IsComplete)
                break;
        }
        Assert.Equal(isComplete, written.IsComplete);
        Assert.Equal(expected, result.Append(written.Rest()).ToString());
    }

    [Fact]
    public void An_empty_stop_is_refused()
    {
        var tokenizer = BytePairTokenizer.Train(["ab"], 257);
        var error = Assert.Throws<ArgumentException>(() => new WrittenText(tokenizer, ["b", ""]));
        Assert.Contains("got an empty one", error.Message, StringComparison.Ordinal);
    }
}
