namespace Kappa.Lab.Experiments.Curvature;

/// <summary>What the experiments of arXiv 2604.14870 share: trained models, a cell for each model and order of the samples, a section and a part of the answer
/// for each model.</summary>
/// <typeparam name="TSettings">Which models, and what is measured at them.</typeparam>
internal abstract class CurvatureExperiment<TSettings> : Experiment<TSettings>
    where TSettings : ModelSettings
{
    public sealed override string Paper => "curvature";

    public sealed override string? Unavailable => ProbedModels.Unavailable;

    protected sealed override void Prepare(TSettings settings, CellContext context) => ProbedModels.Prepare(settings, context);

    protected sealed override IReadOnlyList<ExperimentCell> Cells(TSettings settings) =>
        ProbedModels.Cells(settings, (network, optimizer, seed, context) => Run(settings, network, optimizer, seed, context));

    protected sealed override Findings Conclude(TSettings settings, CellResults results)
    {
        (string Answer, FindingSection Section)[] models = [.. ProbedModels.ByModel(settings, results).Select(model => Describe(settings, model.Network, model.Optimizer, model.Results))];
        return new Findings(Headline(settings, [.. models.Select(model => model.Answer)]), [.. models.Select(model => model.Section)]);
    }

    /// <summary>One cell: a model in one order of the samples.</summary>
    private protected abstract JsonObject Run(TSettings settings, string network, string optimizer, int seed, CellContext context);

    /// <summary>What the finished cells of one model say, one or more.</summary>
    private protected abstract (string Answer, FindingSection Section) Describe(
        TSettings settings, string network, string optimizer, IReadOnlyList<CellResult> found);

    /// <summary>All of it in a sentence, from the answers of the models.</summary>
    private protected abstract string Headline(TSettings settings, string[] answers);
}
