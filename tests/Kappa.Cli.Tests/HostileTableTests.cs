using System.Text;

namespace Kappa.Cli.Tests;

/// <summary>Tables as strangers send them, on the command line: what is wrong is said in the words of a config, with the way out, and the way out
/// works.</summary>
public sealed class HostileTableTests
{
    private static readonly string Good = Rows("a,b,k", i => $"{i % 9}.5,{(i % 2 == 0 ? "red" : "blue")},{(i % 3 == 0 ? "x" : "y")}");

    /// <summary>A table, settings of the data, what the message says; then the settings that lead out, null where the file must change.</summary>
    public static TheoryData<string, string, string, string?> Trainings => new()
    {
        { Good + "1.5,red,z\n", "",
            "the class \"z\" has one row alone, row 60, which cannot stand on both sides of the split: leave it out, or set single to training",
            "\"single\": \"training\"" },
        { Good + "1.5,red,\n", "", "row 60 has no value in column \"k\": \"missingTarget\": \"drop\" leaves such rows out", "\"missingTarget\": \"drop\"" },
        { Good + "NaN,red,x\n", "\"missing\": \"error\", \"split\": \"time\", \"splitBy\": \"a\"", "row 60 has no time", null },
        { Rows("a,id,k", i => $"{i % 9}.5,{(i % 2 == 0 ? $"{i}" : i == 1 ? "A1" : $"{i}")},{(i % 3 == 0 ? "x" : "y")}"), "",
            "column \"id\": expected a number, as most of the column is, got 'A1'. If it stands for no value, add it to missingValues; if the column has "
            + "texts, name it in categories, or in drop", "\"drop\": [\"id\"]" },
        { Good + "inf,red,x\n", "", "column \"a\": expected a finite number, got 'inf'. If it stands for no value, add \"inf\" to missingValues",
            "\"missingValues\": [\"inf\"]" },
        { Good.Replace("a,b,k\n", "", StringComparison.Ordinal), "", "there is no column \"k\"; there are \"column1\"", "\"target\": \"column3\"" },
        { Rows("t,k", i => $"u{i},{(i % 2 == 0 ? "x" : "y")}"), "", "texts that could be either, as no column has numbers or dates. Set header to yes or no",
            "\"header\": \"yes\", \"unseen\": \"other\"" },
        { Rows("a;k", i => $"{1 + (i % 3)},234;{(i % 2 == 0 ? "x" : "y")}"), "", "got '1,234'. Set decimalComma to yes or no, or name the column in categories",
            "\"decimalComma\": \"yes\"" },
        { Rows("id,a,k", i => $"{9007199254740993 + i},{i}.5,{(i % 2 == 0 ? "x" : "y")}"), "", "or left out. Name the column in categories, or in drop",
            "\"drop\": [\"id\"]" },
        { Rows("a,n", i => $"{i}.5,{i % 3}"), "\"target\": \"n\"", "has integers, which may be classes or numbers: set targetKind to classes or numbers",
            "\"target\": \"n\", \"targetKind\": \"classes\"" },
        { Rows("a,n", i => $"{i}.5,{i % 3}.5"), "\"target\": \"n\", \"targetKind\": \"classes\", \"split\": \"random\"",
            "classes are names or integers. For numbers set targetKind to numbers", "\"target\": \"n\"" },
        { Good, "\"drop\": [\"zz\"]", "expected a column \"zz\", got the columns a, b, k", "" },
        { Good, "\"split\": \"grouped\", \"splitBy\": \"zz\"", "there is no column \"zz\"; there are \"a\", \"b\", \"k\"",
            "\"split\": \"grouped\", \"splitBy\": \"a\"" },
        { Good.Replace("red", "blue", StringComparison.Ordinal), "\"split\": \"grouped\", \"splitBy\": \"b\"",
            "there is one group alone, which cannot stand on both", "" },
        { Rows("a,t,k", i => $"{i}.5,3,{(i % 2 == 0 ? "x" : "y")}"), "\"split\": \"time\", \"splitBy\": \"t\"", "nothing is left that comes after", "" },
        { "a,k\n1.5,x\n", "", "expected 2 rows or more, so that neither side is empty; got 1", null },
    };

    [Theory]
    [MemberData(nameof(Trainings))]
    public void What_is_wrong_with_a_table_is_said_and_the_way_out_works(string text, string settings, string message, string? wayOut)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["data.csv"], text);
        var refused = Train(folder, settings);
        Assert.InRange(refused.ExitCode, 1, 2);
        Assert.Contains(message, refused.Error, StringComparison.Ordinal);
        foreach (string word in new[] { "Options", "Policy", "table.", "encoder.", "Encoding.", "looks like a fault", "Parameter" })
            Assert.DoesNotContain(word, refused.Error, StringComparison.Ordinal);
        if (wayOut is null)
            return;
        var done = Train(folder, wayOut);
        Assert.True(done.ExitCode == 0, done.Error);
    }

    [Fact]
    public void A_prediction_takes_what_the_model_takes_and_names_the_row_of_what_it_cannot_take()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["data.csv"], Good);
        Assert.Equal(0, Train(folder, "").ExitCode);
        // Beyond the first rows that are predicted at once, and beside a column of anything.
        File.WriteAllText(folder["new.csv"], "notes,a,b\n" + string.Concat(Enumerable.Repeat("7,1.5,red\n", 5000)) + "six,2.5,\n");
        File.WriteAllText(folder["out.csv"], "of before");
        var refused = CommandRun.Of("predict", folder["run"], folder["new.csv"], "--out", folder["out.csv"]);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(
            "new.csv: row 5000 has no value in column \"b\": no training row misses it, so that the model cannot know what that means. Leave the row out, fill "
            + "the value in, or set \"missingLater\": \"mean\" in the data of the config", refused.Error, StringComparison.Ordinal);
        Assert.Equal("of before", File.ReadAllText(folder["out.csv"]));
        Assert.DoesNotContain(Directory.GetFiles(folder.FullPath, ".*"), file => file.Contains("tmp", StringComparison.Ordinal));
        File.WriteAllText(folder["new.csv"], "a\n1.5\n");
        var lacking = CommandRun.Of("predict", folder["run"], folder["new.csv"]);
        Assert.Contains("expected a column \"b\", got the columns a", lacking.Error, StringComparison.Ordinal);
        Directory.Delete(folder["run"], recursive: true);
        Assert.Equal(0, Train(folder, "\"missingLater\": \"mean\", \"unseen\": \"other\"").ExitCode);
        File.WriteAllText(folder["new.csv"], "notes,a,b\n" + string.Concat(Enumerable.Repeat("7,1.5,red\n", 5000)) + "six,2.5,\n8,,green\n");
        var filled = CommandRun.Of("predict", folder["run"], folder["new.csv"], "--out", folder["out.csv"]);
        Assert.True(filled.ExitCode == 0, filled.Error);
        Assert.Equal(5003, File.ReadAllLines(folder["out.csv"]).Length);
        Assert.Contains("column \"b\" misses values, first in row 5000, and no training row does: they are taken for none of its categories", filled.Error);
        Assert.Contains("column \"a\" misses values, first in row 5001", filled.Error);
        Assert.Contains("\"green\" in column \"b\" is none of the categories", filled.Error);
    }

    private static CommandRun Train(TemporaryFolder folder, string settings)
    {
        string target = settings.Contains("\"target\"", StringComparison.Ordinal) ? "" : ", \"target\": \"k\"";
        File.WriteAllText(
            folder["run.json"],
            $$"""
            { "name": "x", "data": { "name": "csv", "path": "data.csv"{{target}}{{(settings.Length > 0 ? ", " + settings : "")}} },
              "model": { "name": "mlp", "hidden": [4] }, "optimizer": { "name": "adamw", "learningRate": 0.02 }, "steps": 2, "batchSize": 4 }
            """);
        return CommandRun.Of("train", folder["run.json"], "--out", folder["run"]);
    }

    private static string Rows(string header, Func<int, string> row)
    {
        var text = new StringBuilder(header).Append('\n');
        for (int i = 0; i < 60; i++)
            text.Append(row(i)).Append('\n');
        return text.ToString();
    }
}
