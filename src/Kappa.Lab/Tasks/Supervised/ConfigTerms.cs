using System.Text.RegularExpressions;

namespace Kappa.Lab.Tasks.Supervised;

/// <summary>The options of the library by the names that a config has for them.</summary>
internal static partial class ConfigTerms
{
    private static readonly (string Library, string Config)[] Words =
    [
        ("add them to CsvOptions.MissingValues", "add them to missingValues"),
        ("if the column has texts, set its kind in CsvOptions.Types", "if the column has texts, name it in categories, or in drop"),
        ("or the column's kind in CsvOptions.Types", "or name the column in categories"),
        ("set the column's kind in CsvOptions.Types", "name the column in categories"),
        ("set CsvOptions.HasHeader = false", "set header to no"),
        ("Set CsvOptions.HasHeader", "Set header to yes or no"),
        ("CsvOptions.DecimalComma to true or false", "decimalComma to yes or no"),
        ("as CsvOptions.DecimalComma says", "as decimalComma says"),
        ("Set CsvOptions.Separator; for a single column of texts, to one that does not occur", "Set separator"),
        ("CsvOptions.MissingValues", "missingValues"),
        ("CsvOptions.Encoding = Encoding.Latin1", "encoding to latin-1"),
        ("CsvOptions.Encoding = Encoding.Unicode", "encoding to utf-16"),
        ("CsvOptions.Encoding", "encoding"),
        ("Read the file with CsvOptions.Types = encoder.InputKinds", "The file must have the same kinds in the same columns"),
        ("CsvStream reads larger files, in each epoch again", "Train on a part of them"),
        ("TableEncoderOptions.Unseen = Other takes", "\"unseen\": \"other\" in the data of the config takes"),
        ("TableEncoderOptions.MissingLater = Mean", "\"missingLater\": \"mean\" in the data of the config"),
        ("set TableEncoderOptions.Missing, or", "set missing to mean, or"),
        ("TableEncoderOptions.Kind to TargetKind.Classes or TargetKind.Numbers", "targetKind to classes or numbers"),
        ("by TableEncoderOptions.Kind", "by targetKind"),
        ("For numbers set Kind = TargetKind.Numbers", "For numbers set targetKind to numbers"),
        ("; TableEncoderOptions.MostCategories allows", "; at most"),
        ("Drop the column, or allow more", "Name it in drop"),
        ("SinglePolicy.Training", "single to training"),
        ("nanIsMissing takes NaN", "\"nanIsMissing\": true takes NaN"),
    ];

    /// <summary>A message in the words of a config.</summary>
    internal static string Of(string message)
    {
        message = message.Split(" (Parameter", 2)[0];
        foreach (var (library, config) in Words)
            message = message.Replace(library, config, StringComparison.Ordinal);
        message = TypeOfColumn().Replace(message, "Name the column in categories, or in drop.");
        message = WithoutMissing().Replace(message, "\"missingTarget\": \"drop\" leaves such rows out where $1 is the target");
        return DropOrCategory().Replace(message, "name it in drop or, if it has few different ones, in categories");
    }

    [GeneratedRegex(@"CsvOptions\.Types\["".*""\] says what it is\.")]
    private static partial Regex TypeOfColumn();

    [GeneratedRegex(@"(?:leave them out with )?table\.WithoutMissing\(("".*"")\)(?: leaves such rows out)?")]
    private static partial Regex WithoutMissing();

    [GeneratedRegex(@"table\.Drop\("".*""\), or read it as categories by CsvOptions\.Types")]
    private static partial Regex DropOrCategory();
}
