using Kappa.Networks;
using Kappa.Units;

namespace Kappa.Rescaling;

/// <summary>A network with its units found: what every rescaling starts from.</summary>
internal sealed class RescalingPlan : IDisposable
{
    private readonly Module _model;
    private readonly RescalingOptions _options;
    private readonly HostVisit _visit;

    internal RescalingPlan(Module model, RescalingOptions? options)
    {
        ArgumentNullException.ThrowIfNull(model);
        _options = options ?? new RescalingOptions();
        _options.Validate();
        _model = model;
        _visit = HostVisit.Of(model);
        try
        {
            Network = Record(model, _options);
            Walk = new UnitWalk(Network, RuleOf(_options.BatchNorm));
            Units = new UnitIndex(Walk);
            if (Units.Count == 0)
                throw new NotRescalableException(NothingFound());
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    internal RescalingOptions Options => _options;

    internal RecordedGraph Network { get; }

    internal UnitWalk Walk { get; }

    internal UnitIndex Units { get; }

    public void Dispose()
    {
        Network?.Dispose();
        _visit.Dispose();
    }

    internal static UnitRule RuleOf(BatchNormMode mode) => mode == BatchNormMode.Reference ? UnitRule.ScaleThroughNorms : UnitRule.Scale;

    /// <summary>Runs the model on the example.</summary>
    /// <exception cref="NotRescalableException">It has no parameters.</exception>
    internal static RecordedGraph Record(Module model, RescalingOptions options)
    {
        var parameters = model.Parameters();
        FiniteParameters.Require(parameters);
        return parameters.Count > 0
            ? RecordedGraph.OfExample(model, options.InputShape, $"{nameof(RescalingOptions)}.{nameof(RescalingOptions.InputShape)}")
            : throw new NotRescalableException("the model has no parameters, so there is nothing to rescale");
    }

    /// <summary>Layers and reasons, given the scale of each unit (from 1) and which are dead.</summary>
    internal (RescaledLayer[] Layers, ChannelsLeftAlone[] LeftAlone) Describe(double[] scales, bool[] isDead)
    {
        var layers = new List<RescaledLayer>();
        var alone = new List<ChannelsLeftAlone>();
        foreach (var layer in Walk.Layers)
        {
            int[] units = Units.Of(layer.Labels);
            if (units.Any(unit => unit != 0 && !isDead[unit]))
            {
                layers.Add(new RescaledLayer(
                    layer.Path, layer.Kind, [.. units.Select(unit => scales[unit])], [.. units.Select(unit => isDead[unit] ? -1 : unit - 1)]));
            }

            foreach (var group in layer.Labels.Where((_, i) => units[i] == 0 || isDead[units[i]])
                .GroupBy(label => Walk.Labels.ReasonOf(label) ?? "dead: no parameter but zero enters them, or none leaves them"))
            {
                alone.Add(new ChannelsLeftAlone(layer.Path, group.Count(), group.Key));
            }
        }

        return ([.. layers], [.. alone]);
    }

    /// <summary>Multiplies the parameters, given the scale of each unit; checks that the function stayed the same where the options ask for it.</summary>
    internal void Apply(double[] scales)
    {
        var application = new ScaleApplication(Walk, Units, scales);
        if (!_options.Verify)
        {
            application.Apply();
            return;
        }

        using var check = new FunctionCheck(_model, Network, application.Tensors);
        application.Apply();
        check.Require();
    }

    internal ScaleApplication Application(double[] scales) => new(Walk, Units, scales);

    private string NothingFound()
    {
        string reasons = string.Join("; ", Walk.Layers
            .SelectMany(layer => layer.Labels.Select(label => (layer.Path, Reason: Walk.Labels.ReasonOf(label))))
            .Distinct()
            .Take(8)
            .Select(entry => $"{entry.Path}: {entry.Reason}"));
        return "the model has no hidden unit that can be rescaled. A unit is a channel between two layers with nothing but ReLU, pooling, sums and the like on "
            + "its way. "
            + (reasons.Length == 0 ? "No layer that is known was found" : $"Found: {reasons}");
    }
}
