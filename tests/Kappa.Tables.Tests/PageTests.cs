using System.Text.Json;

namespace Kappa.Tables.Tests;

public class PageTests
{
    private static readonly string Root = FindRoot();

    public static TheoryData<string> Names => [.. GeneratedTable.All.Select(table => table.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_page_says_what_the_results_say(string name)
    {
        var result = TableResult.Read(Path.Combine(Root, "results", "tables", $"{name}.json"));
        string page = File.ReadAllText(Path.Combine(Root, "docs", "tables.md")).ReplaceLineEndings("\n");
        Assert.True(
            page.Contains(MarkdownTables.Of(result), StringComparison.Ordinal),
            $"docs/tables.md is not what results/tables/{name}.json says; make it anew: dotnet run -c Release --project benchmarks/Kappa.Tables -- docs");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Results_are_of_the_settings_and_methods_that_the_command_has(string name)
    {
        var result = TableResult.Read(Path.Combine(Root, "results", "tables", $"{name}.json"));
        Assert.Equal(JsonSerializer.Serialize(StudySettings.Short), JsonSerializer.Serialize(result.Settings));
        Assert.Equal(GeneratedTableTests.Find(name).Description, result.Facts.Description);
        Assert.Equal(
            StudyMethod.All(StudySettings.Short, GeneratedTableTests.Find(name)).Select(method => method.Name), result.Methods.Select(method => method.Name));
        Assert.All(result.Methods, method => Assert.Equal(StudySettings.Short.Seeds, method.ValidationLoss.Count));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_result_reads_back_as_it_is(string name)
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(Root, "results", "tables", $"{name}.json"), text = File.ReadAllText(path);
        Assert.Equal(text.ReplaceLineEndings("\n"), TableResult.Read(path).ToText());
    }

    [Fact]
    public void A_page_without_the_place_of_a_table_is_refused()
    {
        var result = TableResult.Read(Path.Combine(Root, "results", "tables", "interactions.json"));
        var error = Assert.Throws<InvalidDataException>(() => MarkdownTables.Renew("# Tables\n", result));
        Assert.Contains("<!-- made from results/tables/interactions.json -->", error.Message, StringComparison.Ordinal);
        string page = $"before\n{MarkdownTables.Begin("interactions")}\nold\n{MarkdownTables.End}\nbehind";
        Assert.Equal($"before\n{MarkdownTables.Of(result)}\nbehind", MarkdownTables.Renew(page, result));
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Kappa.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"Kappa.slnx was not found above {AppContext.BaseDirectory}");
    }
}
