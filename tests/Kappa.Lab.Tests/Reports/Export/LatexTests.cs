namespace Kappa.Lab.Tests.Reports.Export;

public sealed class LatexTests
{
    [Theory]
    [InlineData("plain text, 1.5", "plain text, 1.5")]
    [InlineData("50% & $3 #1 a_b {x} ~^", @"50\% \& \$3 \#1 a\_b \{x\} \textasciitilde{}\textasciicircum{}")]
    [InlineData(@"a\b", @"a\textbackslash{}b")]
    [InlineData(@"\input{/etc/passwd}", @"\textbackslash{}input\{/etc/passwd\}")]
    [InlineData("a < b > c | d", @"a \textless{} b \textgreater{} c \textbar{} d")]
    [InlineData("[1, 2]*", "{[}1, 2{]}{*}")]
    [InlineData("--out --- \"x\"", "-{}-out -{}-{}- ''x''")]
    [InlineData("optimizer’s – 0.003 ★, 12 µs", @"optimizer's -- 0.003 $\star$, 12 $\mu$s")]
    [InlineData("two\nlines", "two lines")]
    [InlineData("\u001b[31m", @"\textbackslash{}u001b{[}31m")]
    [InlineData("über", "über")]
    public void Special_characters_are_written_out(string text, string expected) => Assert.Equal(expected, LatexText.Of(text));

    [Theory]
    [InlineData("0.97", "$0.97$")]
    [InlineData("-2.5", "$-2.5$")]
    [InlineData("1.23e-4", @"$1.23 \times 10^{-4}$")]
    [InlineData("7.37e+4", @"$7.37 \times 10^{4}$")]
    [InlineData("12,345", "$12{,}345$")]
    [InlineData("not finite", "not finite")]
    [InlineData("3.2 ms", "3.2 ms")]
    public void Numbers_have_their_power_of_ten(string text, string expected) => Assert.Equal(expected, LatexText.OfNumber(text));

    [Fact]
    public void A_table_has_rules_columns_for_intervals_groups_and_its_numbers_in_full()
    {
        FindingCell[][] rows =
        [
            ["a_1", FindingCell.Of(new Interval(1.0 / 3, 0.25, 1e-5)), FindingCell.Of(12)],
            ["a_1", FindingCell.Of((Interval?)null), FindingCell.Of(2.5) with { IsMarked = true }],
            ["b", FindingCell.Of(new Interval(-1, -2, double.NaN)), "none"],
        ];
        string expected = """
            % needs \usepackage{booktabs}; behind each row its numbers in full
            \begin{table}
            \centering
            \caption{50\% of all}
            \label{tab:run-01-all}
            \begin{tabular}{lrlr}
            \toprule
            Optimizer & Loss & 95\% interval & n \\
            \midrule
            a\_1 & $0.333$ & {[}$0.25$, $1 \times 10^{-5}${]} & $12$ \\ % 0.3333333333333333 [0.25, 1E-05], 12
             & -- &  & \textbf{\boldmath $2.5$} \\ % 2.5
            \addlinespace
            b & $-1$ & {[}$-2$, not finite{]} & none \\ % -1 [-2, NaN]
            \bottomrule
            \end{tabular}
            \end{table}

            """.ReplaceLineEndings("\n");
        Assert.Equal(expected, LatexTable.Of("50% of all", "run-01-all", new FindingTable(["Optimizer", "Loss", "n"], rows) { IsGrouped = true }));
    }

    [Fact]
    public void Without_headings_there_is_no_row_of_them()
    {
        string text = LatexTable.Of("c", "l", new FindingTable(["", ""], [["a", "b"]]));
        Assert.DoesNotContain(@"\midrule", text, StringComparison.Ordinal);
        Assert.Contains("\\toprule\na & b \\\\\n\\bottomrule", text, StringComparison.Ordinal);
    }
}
