using System.Text.Json.Nodes;

namespace Kappa.Lab.Tests.Experiments.Pretrained;

/// <summary>docs/pretrained.md says what results/pretrained says. With KAPPA_TAKE_RUN=folder the finished run of that folder is taken over first.</summary>
public sealed class PageTests
{
    [Fact]
    public void The_page_says_what_the_results_say()
    {
        if (Environment.GetEnvironmentVariable("KAPPA_TAKE_RUN") is { Length: > 0 } folder)
            PretrainedPage.Take(folder);
        string page = File.ReadAllText(PretrainedPage.PagePath).ReplaceLineEndings("\n");
        Assert.True(
            page.Contains(PretrainedPage.Of(PretrainedPage.Result()), StringComparison.Ordinal),
            "docs/pretrained.md is not what results/pretrained/pretrained.json says. Run the study, then the tests with KAPPA_TAKE_RUN=<its folder>");
    }

    [Fact]
    public void Results_are_of_the_settings_that_the_command_has()
    {
        if (PretrainedPage.Result() is not { } result)
            return;
        var study = KappaCatalog.Choices.Find<Experiment>("pathcond/pretrained");
        Assert.True(JsonNode.DeepEquals(study.Settings(ExperimentScale.Short), result["settings"]), "the settings of the committed run are not the command's");
    }
}
