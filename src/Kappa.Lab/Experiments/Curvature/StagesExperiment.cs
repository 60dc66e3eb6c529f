using System.Diagnostics;

namespace Kappa.Lab.Experiments.Curvature;

/// <summary>Table 2 of arXiv 2604.14870: the seconds of each stage of the three estimators. Times are of this machine and not the same in every run.</summary>
internal sealed class StagesExperiment : CurvatureExperiment<ModelErrorSettings>
{
    private static readonly string[] Stages = ["subspace", "surrogate", "direct", "quadratic", "moment"];

    public override string Name => "table2";

    public override string Summary =>
        "Seconds of the stages: the subspace, the surrogate, and the criterion by direct sampling, quadratic sampling and the closed form. Use --jobs 1.";

    protected override ModelErrorSettings Short => new() { Dimensions = [45], Sigmas = [1e-3] };

    protected override ModelErrorSettings Full => Short.AtFullSize(Short.Samples, seeds: 5);

    private protected override ModelFinding Describe(ModelErrorSettings settings, ProbedModel model, IReadOnlyList<CellResult> found)
    {
        string Seconds(string stage) => Text(Mean(found, result => result.Number(stage)), "G3");
        double ratio = found.Average(result => result.Number("direct") / result.Number("moment"));
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"{found[0].Number("parameters"):N0} parameters, k = {settings.K}, D = {settings.Dimensions.Max()}, {settings.Samples} samples; "
            + $"means over {found.Count} orders with 95% intervals. Largest relative residual of the eigenpairs "
            + $"{found.Max(result => result.Number("residual")):G2}.");
        var table = new FindingTable(
            ["estimator", "stage I, subspace (s)", "stage II, surrogate (s)", "stage III, criterion (s)"],
            [
                ["direct", Seconds("subspace"), "", Seconds("direct")],
                ["quadratic", Seconds("subspace"), Seconds("surrogate"), Seconds("quadratic")],
                ["closed form", Seconds("subspace"), Seconds("surrogate"), Seconds("moment")],
            ]);
        return new ModelFinding(
            FormattableString.Invariant($"{model.Title}: the closed form is {ratio:N0} times as fast as {settings.Samples} direct samples"), text, table);
    }

    private protected override string Headline(ModelErrorSettings settings, string[] answers) => string.Join("; ", answers) + ". The paper: about 18,000.";

    private protected override JsonObject Run(ModelErrorSettings settings, ProbedModel model, int seed, CellContext context)
    {
        const int Repeats = 2000;
        double sigma = settings.Sigmas[0];
        int k = settings.K;
        var risk = model.Risk(context, k + 1, seed);
        var result = new JsonObject { ["parameters"] = risk.Dimension };
        EigenResult pairs = null!;
        IncrementModel increment = null!;
        double sum = 0;
        Action[] work =
        [
            () => pairs = Lanczos.Solve(
                new HessianOperator(risk, 0, k), settings.Dimensions.Max(), new LanczosOptions { Tolerance = settings.Tolerance, Seed = (ulong)seed },
                context.Cancellation),
            () => increment = IncrementModels.At(risk, pairs, k, context.Cancellation),
            () => _ = DirectMonteCarlo.InSubspace(risk, pairs.Eigenvectors, [k], sigma, settings.Samples, (ulong)seed, context.Cancellation),
            () => _ = increment.QuadraticMonteCarlo(sigma, settings.Samples, (ulong)seed),
            () =>
            {
                for (int i = 0; i < Repeats; i++)
                    sum += increment.GaussianMoment(sigma);
            },
        ];
        for (int stage = 0; stage < work.Length; stage++)
        {
            context.Report(stage / (double)work.Length);
            // The short ones once off the clock, while they are being compiled.
            if (stage > 1)
                work[stage]();
            long start = Stopwatch.GetTimestamp();
            work[stage]();
            result[Stages[stage]] = Stopwatch.GetElapsedTime(start).TotalSeconds / (stage == work.Length - 1 ? Repeats : 1);
        }

        result["residual"] = CellResult.Json(pairs.Residuals.Zip(pairs.Eigenvalues, (r, v) => r / Math.Abs(v)).Max());
        result["mean"] = CellResult.Json(sum / Repeats / 2);
        pairs.Dispose();
        return result;
    }
}
