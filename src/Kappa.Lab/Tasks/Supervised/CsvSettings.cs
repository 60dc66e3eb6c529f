namespace Kappa.Lab.Tasks.Supervised;

/// <summary>A file of separated values.</summary>
internal sealed record CsvSettings : TableSettings
{
    private static readonly string[] Separators = [",", ";", "|", "tab"];

    [Setting("what parts the fields; auto: whichever gives every line as many", OneOf = ["auto", ",", ";", "|", "tab"])]
    public string Separator { get; init; } = "auto";

    [Setting("whether the first line has the names of the columns", OneOf = ["auto", "yes", "no"])]
    public string Header { get; init; } = "auto";

    [Setting("whether decimals stand behind a comma", OneOf = ["auto", "yes", "no"])]
    public string DecimalComma { get; init; } = "auto";

    [Setting("how bytes become characters; utf-8 is also UTF-16 that begins with its mark", OneOf = ["utf-8", "utf-16", "latin-1"])]
    public string Encoding { get; init; } = "utf-8";

    [Setting("columns of names, such as codes that look like numbers", MayBeEmpty = true, OnceEach = true)]
    public IReadOnlyList<string> Categories { get; init; } = [];

    [Setting("what stands for no value, beside nothing at all", MayBeEmpty = true, OnceEach = true)]
    public IReadOnlyList<string> MissingValues { get; init; } = ["NA", "N/A", "NaN", "null", "?"];

    internal CsvOptions Options => new()
    {
        Separator = Separator == "tab" ? '\t' : Separators.Contains(Separator) ? Separator[0] : null,
        HasHeader = Switch(Header),
        DecimalComma = Switch(DecimalComma),
        Encoding = Encoding switch { "latin-1" => System.Text.Encoding.Latin1, "utf-16" => System.Text.Encoding.Unicode, _ => null },
        MissingValues = ["", .. MissingValues],
    };

    private static bool? Switch(string word) => word == "auto" ? null : word == "yes";
}
