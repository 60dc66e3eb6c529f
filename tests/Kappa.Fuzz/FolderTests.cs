namespace Kappa.Fuzz;

/// <summary>A folder where a file is expected: every reader says so by its path, in the place of what the system says, that access is denied.</summary>
public sealed class FolderTests
{
    public static TheoryData<string> Names => [.. TargetTable.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_folder_in_the_place_of_a_file_is_named(string name)
    {
        var target = TargetTable.All.Single(target => target.Name == name);
        using var folder = new TemporaryFolder();
        var input = new FuzzInput(target.Seeds().First().Bytes, folder["."], target.FileName, isFolder: true);
        var error = Record.Exception(() => target.Read(input));
        // Without config.json, the manifest of a run says what the config was.
        if (!input.WasFileAsked || name == "experiment-config")
            return;
        Assert.NotNull(error);
        Assert.True(error is IOException || target.Refusals.Contains(error.GetType()), $"{error.GetType()}: {error.Message}");
        Assert.Contains(target.FileName, error.Message, StringComparison.Ordinal);
        Assert.Contains("folder", error.Message, StringComparison.Ordinal);
    }
}
