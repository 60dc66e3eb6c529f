using System.Text.RegularExpressions;

namespace Kappa.Lab.Reports.Export;

/// <summary>Text as LaTeX takes it, whatever characters it has.</summary>
internal static partial class LatexText
{
    private static readonly Dictionary<char, string> Written = new()
    {
        ['\\'] = @"\textbackslash{}", ['{'] = @"\{", ['}'] = @"\}", ['$'] = @"\$", ['&'] = @"\&", ['#'] = @"\#", ['_'] = @"\_", ['%'] = @"\%",
        ['~'] = @"\textasciitilde{}", ['^'] = @"\textasciicircum{}", ['<'] = @"\textless{}", ['>'] = @"\textgreater{}", ['|'] = @"\textbar{}",
        // A bracket or a star behind the end of a row would be read as a part of it.
        ['['] = "{[}", [']'] = "{]}", ['*'] = "{*}", ['"'] = "''",
        ['\n'] = " ", ['\r'] = " ", ['\t'] = " ", ['\u00a0'] = "~",
        ['–'] = "--", ['—'] = "---", ['‘'] = "`", ['’'] = "'", ['“'] = "``", ['”'] = "''", ['…'] = @"\ldots{}", ['°'] = @"$^\circ$",
        ['★'] = @"$\star$", ['×'] = @"$\times$", ['±'] = @"$\pm$", ['−'] = "$-$", ['≤'] = @"$\leq$", ['≥'] = @"$\geq$", ['≈'] = @"$\approx$",
        ['→'] = @"$\to$", ['²'] = "$^2$", ['³'] = "$^3$", ['·'] = @"$\cdot$", ['√'] = @"$\surd$", ['∞'] = @"$\infty$", ['µ'] = @"$\mu$",
        ['α'] = @"$\alpha$", ['β'] = @"$\beta$", ['γ'] = @"$\gamma$", ['δ'] = @"$\delta$", ['ε'] = @"$\epsilon$", ['η'] = @"$\eta$", ['κ'] = @"$\kappa$",
        ['λ'] = @"$\lambda$", ['μ'] = @"$\mu$", ['ρ'] = @"$\rho$", ['σ'] = @"$\sigma$", ['τ'] = @"$\tau$", ['Δ'] = @"$\Delta$", ['Σ'] = @"$\Sigma$",
    };

    /// <summary>Text in a paragraph or a cell; letters beyond ASCII that have no other name stay as they are, which LaTeX reads as UTF-8.</summary>
    internal static string Of(string text)
    {
        string shown = VisibleText.Of(text);
        var result = new StringBuilder();
        foreach (var (i, character) in shown.Index())
        {
            // Two hyphens would become a dash.
            if (character == '-' && i > 0 && shown[i - 1] == '-')
                _ = result.Append("{}");
            _ = Written.TryGetValue(character, out string? written) ? result.Append(written) : result.Append(character);
        }
        return result.ToString();
    }

    /// <summary>A number as it is shown, such as <c>1.23e-4</c>, with its power of ten as one; other text as <see cref="Of"/>.</summary>
    internal static string OfNumber(string text)
    {
        var match = NumberForm().Match(text);
        if (!match.Success)
            return Of(text);
        string digits = match.Groups["digits"].Value.Replace(",", "{,}", StringComparison.Ordinal);
        return match.Groups["power"] is { Success: true } power
            ? $@"${digits} \times 10^{{{int.Parse(power.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)}}}$"
            : $"${digits}$";
    }

    [GeneratedRegex(@"^(?<digits>[+-]?\d[\d,]*(\.\d+)?)(e(?<power>[+-]?\d{1,4}))?\z", RegexOptions.IgnoreCase)]
    private static partial Regex NumberForm();
}
