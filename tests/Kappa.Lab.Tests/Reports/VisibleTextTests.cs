namespace Kappa.Lab.Tests.Reports;

public sealed class VisibleTextTests
{
    [Theory]
    [InlineData("plain é 漢 🙂\ttab\nline\r\nend", "plain é 漢 🙂\ttab\nline\r\nend")]
    [InlineData("\u001b[31m", "\\u001b[31m")]
    [InlineData("a\rb", "a\\u000db")]
    [InlineData("a\r", "a\\u000d")]
    [InlineData("\0\u0008\u007f\u0085\u009b", "\\u0000\\u0008\\u007f\\u0085\\u009b")]
    [InlineData("\u202ea\u2066b\u2069\u200f\u061c", "\\u202ea\\u2066b\\u2069\\u200f\\u061c")]
    [InlineData("a\u2028b\u2029\ufeff", "a\\u2028b\\u2029\\ufeff")]
    public void What_steers_a_terminal_or_turns_a_line_is_spelt_out(string text, string visible) => Assert.Equal(visible, VisibleText.Of(text));
}
