namespace Kappa.Lab.Tests.Studies.Compare;

/// <summary>A comparison that is stopped in the midst of an evaluation stops there, and goes on to what it would have found.</summary>
public sealed class StoppedEvaluationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(7)]
    public void Stopped_in_the_midst_of_an_evaluation_it_goes_on_to_the_same_results(int evaluation)
    {
        using var folder = new TemporaryFolder();
        var whole = Toy.Config();
        var config = whole with { Optimizers = [.. whole.Optimizers.Take(2)], Seeds = [.. whole.Seeds.Take(1)] };
        _ = Toy.Run(config, folder["whole"]);
        using var source = new CancellationTokenSource();
        int evaluations = 0;
        var task = new PreparedToy
        {
            OnValidation = () =>
            {
                if (++evaluations == evaluation)
                    source.Cancel();
            },
        };
        _ = Toy.Run(config, folder["parts"], task: task, cancellation: source.Token);
        // Nothing more was evaluated, of this trial or another.
        Assert.Equal(evaluation, evaluations);
        _ = Toy.Run(config, folder["parts"], mode: RunFolderMode.Resume);
        Assert.Equal(Toy.Fingerprint(config, folder["whole"]), Toy.Fingerprint(config, folder["parts"]));
    }
}
