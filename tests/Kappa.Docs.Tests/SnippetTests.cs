namespace Kappa.Docs.Tests;

/// <summary>Every block of C# in the README and in docs compiles, and runs where it needs nothing but the library.</summary>
[Collection(Scratch.CurrentFolder)]
public sealed class SnippetTests
{
    public static TheoryData<string, int> Snippets
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var snippet in Snippet.All)
                data.Add(snippet.Page, snippet.Line);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Snippets))]
    public void A_snippet_compiles(string page, int line) => Assert.Empty(CompiledSnippet.FaultsOf(Find(page, line)));

    [Theory]
    [MemberData(nameof(Snippets))]
    public void A_snippet_runs(string page, int line)
    {
        var snippet = Find(page, line);
        if (Given.NotRun(snippet) is not null)
            return;
        string before = Environment.CurrentDirectory;
        using var folder = new TemporaryFolder();
        try
        {
            Environment.CurrentDirectory = folder.FullPath;
            SnippetFiles.Make(snippet.Page);
            CompiledSnippet.Run(snippet);
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }

    [Fact]
    public void A_snippet_that_does_not_compile_is_told() =>
        Assert.Contains("CS1061", Assert.Single(CompiledSnippet.FaultsOf(new Snippet("docs/none.md", 1, "model.NoSuchMember();"))), StringComparison.Ordinal);

    private static Snippet Find(string page, int line) => Snippet.All.Single(snippet => snippet.Page == page && snippet.Line == line);
}
