namespace Kappa.Tables.Tests;

public class ArgumentsTests
{
    [Theory]
    [InlineData("--table: expected interactions, ill-conditioned, heavy-tails; got iris", "--table", "iris")]
    [InlineData("--jobs: expected a whole number from 1 to 1024; got 0", "--jobs", "0")]
    [InlineData("--jobs: expected a whole number from 1 to 1024; got two", "--jobs", "two")]
    [InlineData("--jobs: expected a value behind it; got none", "--full", "--jobs")]
    [InlineData("expected --table, --jobs, --folder, --results, --full, --fresh; got --quick", "--quick")]
    public void A_wrong_option_is_said_with_what_is_expected(string message, params string[] arguments) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => StudyArguments.Parse(arguments)).Message);

    [Fact]
    public void The_full_size_has_folders_of_its_own()
    {
        var full = StudyArguments.Parse(["--full", "--table", "heavy-tails"]);
        Assert.Equal(("runs/tables-full", "results/tables-full"), (full.Folder, full.Results));
        Assert.Equal("heavy-tails", Assert.Single(full.Tables).Name);
        Assert.Equal("results/tables", StudyArguments.Parse([]).Results);
    }

    [Fact]
    public void Lines_end_at_160_characters() =>
        Faults.RequireNone([.. SourceFolders.LongLines("benchmarks/Kappa.Tables", 160), .. SourceFolders.LongLines("tests/Kappa.Tables.Tests", 160)]);
}
