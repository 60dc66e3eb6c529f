namespace Kappa.Lab.Tests.Reports;

public sealed class FindingsJsonTests
{
    public static TheoryData<string, string> Cells => new()
    {
        { "number", "0.1" }, { "third", "0.3333333333333333" }, { "large", "1E+300" }, { "NaN", "\"NaN\"" }, { "infinite", "\"Infinity\"" },
        { "negative", "\"-Infinity\"" }, { "interval", """{"estimate":0.5,"low":0.25,"high":"Infinity"}""" }, { "dash", "null" }, { "empty", "null" },
        { "text", "\"12\"" },
    };

    private static FindingCell CellOf(string name) => name switch
    {
        "number" => FindingCell.Of(0.1),
        "third" => FindingCell.Of(1.0 / 3),
        "large" => FindingCell.Of(1e300),
        "NaN" => FindingCell.Of(double.NaN),
        "infinite" => FindingCell.Of(double.PositiveInfinity),
        "negative" => FindingCell.Of(double.NegativeInfinity),
        "interval" => FindingCell.Of(new Interval(0.5, 0.25, double.PositiveInfinity)),
        "dash" => FindingCell.Of((Interval?)null),
        "empty" => "",
        _ => "12",
    };

    [Theory]
    [MemberData(nameof(Cells))]
    public void A_cell_is_its_value_in_full(string cell, string json) => Assert.Equal(
        json, FindingsJson.Of(new FindingTable(["a"], [[CellOf(cell)]]))[0]!["a"]?.ToJsonString() ?? "null");

    [Fact]
    public void Fields_are_the_headings_and_each_has_a_name_of_its_own()
    {
        var table = new FindingTable(["", "a", "a", ""], [["1", "2", "3", "4"]]);
        Assert.Equal("""[{"column 1":"1","a":"2","a (2)":"3","column 4":"4"}]""", FindingsJson.Of(table).ToJsonString());
    }

    [Fact]
    public void Findings_keep_their_words_and_tables()
    {
        var table = new FindingTable(["n"], [[FindingCell.Of(2L)]]);
        var findings = new Findings("The answer.", [new FindingSection("T", "Words.") { Table = table }, new("U", "")]);
        Assert.Equal(
            """{"headline":"The answer.","sections":[{"title":"T","text":"Words.","rows":[{"n":2}]},{"title":"U","text":""}]}""",
            FindingsJson.Of(findings).ToJsonString());
    }
}
