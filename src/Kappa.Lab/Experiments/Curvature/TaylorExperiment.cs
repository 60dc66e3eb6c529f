using static System.FormattableString;

namespace Kappa.Lab.Experiments.Curvature;

/// <summary>Figure 4 of arXiv 2604.14870: the relative error of the quadratic Taylor model against the scale of the perturbation, isotropic in all
/// parameters.</summary>
internal sealed class TaylorExperiment : ModelErrorExperiment
{
    public override string Name => "fig4";

    public override string Summary =>
        "The relative error of the quadratic model against sigma, of the loss itself and of the increments, and where it leaves its flat part.";

    protected override ModelErrorSettings Short => new() { Networks = ["transformer", "mlp", "conv"], Samples = 8 };

    protected override ModelErrorSettings Full => Short.AtFullSize(32);

    private protected override ModelFinding Describe(ModelErrorSettings settings, ProbedModel model, IReadOnlyList<CellResult> found)
    {
        double[] sigmas = [.. settings.Sigmas];
        string ErrorAt(string name, int i) => Invariant($"{found.Average(result => result.Numbers(name)[i]):G3}");
        return new ModelFinding(
            Invariant($"{model.Network} {found.Min(result => result.Number("validSigma")):G2}"),
            "The first column is the paper's: |true - model| / |true| of L_k(w* + noise) - L_k(w*), noise in all parameters. At the smallest sigma it is "
            + "rounding: the change of the loss is smaller than float32's last digit of the loss. The second is that of the squared increments in the "
            + "subspace, which the criteria are made of; the value at w* dominates there, so it is flat.",
            new FindingTable(
                ["sigma", "loss, all parameters", $"increments, D = {settings.Dimensions.Max()}"],
                [.. sigmas.Select((sigma, i) => new[] { Invariant($"{sigma:G2}"), ErrorAt("taylor", i), ErrorAt("increment", i) })]),
            LogLog(
                $"Relative error of the quadratic model: {model.Network}", "sigma", "relative error",
                [Line("taylor", sigmas, found), Line("increment", sigmas, found)]));
    }

    private protected override string Headline(ModelErrorSettings settings, string[] answers) =>
        $"The quadratic model of the increments holds within 1% up to sigma = {string.Join(", ", answers)}. The paper sees its flat part end at about 1e-3.";

    private protected override JsonObject Measure(Probed probed)
    {
        var (settings, risk, pairs, increment, seed, context) = probed;
        var range = SigmaRangeSearch.Find(
            risk, pairs.Eigenvectors, increment, settings.Sigmas, settings.Samples, seed: (ulong)seed, cancellation: context.Cancellation,
            progress: probed.Progress(0, 2));
        return new JsonObject
        {
            ["taylor"] = CellResult.Json(TaylorErrors(probed)),
            ["increment"] = CellResult.Json(range.RelativeErrors),
            ["validSigma"] = CellResult.Json(range.ValidUpTo),
            ["flatUpTo"] = CellResult.Json(range.FlatUpTo),
        };
    }

    /// <summary>The mean over directions of |true - model| / |true|; the same directions at every sigma.</summary>
    private static double[] TaylorErrors(Probed probed)
    {
        var (settings, risk, _, _, seed, context) = probed;
        using var scope = TensorScope.Begin();
        var directions = Tensor.Normal([settings.Samples, risk.Dimension], new Philox((ulong)seed).Split("taylor"), type: risk.DataType, device: risk.Device);
        context.Cancellation.ThrowIfCancellationRequested();
        double[] quadratic = (new HessianOperator(risk, 0, settings.K).MatMat(directions) * directions).Sum(1).To(DataType.Float64).ToArray<double>();
        double[] linear = directions.MatMul(
            risk.Gradient(0, settings.K, context.Cancellation).Reshape([1, risk.Dimension]), transposeB: true).To(DataType.Float64).ToArray<double>();
        var at = risk.ReadParameters();
        double value = risk.Value(0, settings.K);
        var progress = probed.Progress(1, 2);
        double[] errors = new double[settings.Sigmas.Count];
        try
        {
            for (int i = 0; i < errors.Length; i++)
            {
                double sigma = settings.Sigmas[i];
                for (int s = 0; s < settings.Samples; s++)
                {
                    using var inner = TensorScope.Begin();
                    risk.WriteParameters(at + (directions.Slice(0, s, 1).Reshape([risk.Dimension]) * sigma));
                    double change = risk.Value(0, settings.K, context.Cancellation) - value;
                    double modelled = (sigma * linear[s]) + (0.5 * sigma * sigma * quadratic[s]);
                    errors[i] += Math.Abs(change - modelled) / (Math.Abs(change) + 1e-12) / settings.Samples;
                }

                progress.Report(new SolverProgress((i + 1) / (double)errors.Length, 0));
            }
        }
        finally
        {
            risk.WriteParameters(at);
        }

        return errors;
    }
}
