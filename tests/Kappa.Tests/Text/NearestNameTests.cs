using Kappa.Text;

namespace Kappa.Tests.Text;

public sealed class NearestNameTests
{
    private static readonly string[] Optimizers = ["adamw", "muon", "sgd", "learning_rate"];

    [Theory]
    [InlineData("adamv", "adamw")]
    [InlineData("adam", "adamw")]
    [InlineData("ADAMW", "adamw")]
    [InlineData("adawm", "adamw")]
    [InlineData("sdg", "sgd")]
    [InlineData("muno", "muon")]
    [InlineData("learningRate", "learning_rate")]
    [InlineData("lerning_rat", "learning_rate")]
    [InlineData("lion", null)]
    [InlineData("x", null)]
    [InlineData("", null)]
    [InlineData("momentum", null)]
    public void The_nearest_name_is_suggested_if_it_is_near(string got, string? expected) =>
        Assert.Equal(expected, NearestName.Suggest(got, Optimizers));

    [Fact]
    public void The_first_of_equally_near_names_is_suggested() => Assert.Equal("fc2", NearestName.Suggest("fc3", ["fc2", "fc1"]));

    [Fact]
    public void The_error_text_has_the_suggestion_and_what_is_valid()
    {
        Assert.Equal(
            "unknown optimizer \"adamv\"; did you mean \"adamw\"? Valid: adamw, muon, sgd",
            NearestName.Describe("optimizer", "adamv", ["adamw", "muon", "sgd"]));
        Assert.Equal("unknown task \"x\"; valid: humanoid", NearestName.Describe("task", "x", ["humanoid"]));
        Assert.Equal("unknown task \"x\"; valid: none", NearestName.Describe("task", "x", []));
    }

    [Fact]
    public void The_distance_is_that_of_the_recursive_definition()
    {
        string[] words = [.. AllWords("abc", 4)];
        foreach (string first in words.Where((_, i) => i % 5 == 0))
        {
            Assert.All(words, second => Assert.Equal(Recursive(first, second), NearestName.Distance(first, second)));
        }
    }

    private static IEnumerable<string> AllWords(string letters, int length) =>
        length == 0 ? [""] : AllWords(letters, length - 1).SelectMany(word => letters.Select(letter => word + letter).Append(word)).Distinct();

    private static int Recursive(string first, string second)
    {
        if (first.Length == 0 || second.Length == 0)
        {
            return first.Length + second.Length;
        }
        int best = Math.Min(
            Recursive(first[..^1], second[..^1]) + (first[^1] == second[^1] ? 0 : 1),
            Math.Min(Recursive(first[..^1], second), Recursive(first, second[..^1])) + 1);
        bool isSwap = first.Length > 1 && second.Length > 1 && first[^1] == second[^2] && first[^2] == second[^1];
        return isSwap ? Math.Min(best, Recursive(first[..^2], second[..^2]) + 1) : best;
    }
}
