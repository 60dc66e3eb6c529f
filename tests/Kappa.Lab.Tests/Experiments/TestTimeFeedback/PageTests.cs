using System.Text.Json.Nodes;

namespace Kappa.Lab.Tests.Experiments.TestTimeFeedback;

/// <summary>docs/test-time-feedback.md says what results/test-time-feedback says. With KAPPA_TAKE_RUN=folder the first test takes over the finished run of that
/// folder.</summary>
public sealed class PageTests
{
    public static TheoryData<string> Names => [.. FeedbackPage.Names];

    [Fact]
    public void There_are_results()
    {
        if (Environment.GetEnvironmentVariable("KAPPA_TAKE_RUN") is { Length: > 0 } folder)
            FeedbackPage.Take(folder);
        Assert.NotEmpty(FeedbackPage.Names);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_page_says_what_the_results_say(string name)
    {
        string page = File.ReadAllText(FeedbackPage.PagePath).ReplaceLineEndings("\n");
        Assert.True(
            page.Contains(FeedbackPage.Of(name, FeedbackPage.Result(name)), StringComparison.Ordinal),
            $"docs/test-time-feedback.md is not what results/test-time-feedback/{name}.json says. Run the study, then the tests with KAPPA_TAKE_RUN=<its "
                + $"folder>");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Results_are_of_the_settings_that_the_command_has(string name)
    {
        var study = KappaCatalog.Choices.Find<Experiment>($"dopr/{name}");
        Assert.True(
            JsonNode.DeepEquals(study.Settings(ExperimentScale.Short), FeedbackPage.Result(name)["settings"]),
            $"results/test-time-feedback/{name}.json has other settings than kappa reproduce dopr/{name}");
    }
}
