using Kappa.Networks;
using Kappa.Tensors;

namespace Kappa.Units;

/// <summary>The hidden units of a model: which weight makes them, and which weights read them.</summary>
/// <remarks>
/// Found from the operations that the model runs on one example, whichever modules they stand in: an output of a linear layer, or a channel of a convolution,
/// is followed through activations, norms, factors, shifts, pooling, reshapes, transpositions, slices and concatenations to the linear layers and convolutions
/// that read it. Left alone, each with its reason, are layers whose outputs are joined with others (the residual stream, the product of a gated activation,
/// sorted channels), reach an output of the network or an operation that mixes or is not known to keep them apart (attention, softmax, rotations), are made or
/// read by a convolution in groups or a transposed product, or whose weight is used more than once.
/// </remarks>
public sealed class HiddenUnits
{
    private HiddenUnits(IReadOnlyList<HiddenLayer> layers, IReadOnlyList<UnitsLeftAlone> leftAlone) => (Layers, LeftAlone) = (layers, leftAlone);

    /// <summary>The layers with hidden units, in the order of the forward pass.</summary>
    public IReadOnlyList<HiddenLayer> Layers { get; }

    /// <summary>The layers that are none of these.</summary>
    public IReadOnlyList<UnitsLeftAlone> LeftAlone { get; }

    /// <summary>Finds them, by one run in evaluation mode on one example.</summary>
    /// <param name="model">The model; nothing of it changes.</param>
    /// <param name="inputShape">The shape of one input without the batch, such as <c>[3, 32, 32]</c>; null reads it off the first layer. A convolution takes
    /// pictures of any size: the smallest square that the model takes is used then, up to 64 pixels wide.</param>
    /// <exception cref="ArgumentException">The shape cannot be read off, or does not fit.</exception>
    public static HiddenUnits Of(Module model, IReadOnlyList<int>? inputShape = null) => Find(model, inputShape, nameof(inputShape));

    /// <summary>The same, for a method that takes the shape as a setting.</summary>
    internal static HiddenUnits Find(Module model, IReadOnlyList<int>? inputShape, string setting)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Parameters().Count == 0)
            return new HiddenUnits([], []);
        using var graph = RecordedGraph.OfExample(model, inputShape ?? ExampleInput.SmallestPicture(model), setting);
        var walk = new UnitWalk(graph, UnitRule.Identity);
        return new Search(graph, walk).Run();
    }

    /// <summary>Which classes of labels are units of one layer alone.</summary>
    private sealed class Search
    {
        private readonly RecordedGraph _graph;
        private readonly UnitWalk _walk;
        private readonly ILookup<int, LabelledLayer> _makers;
        private readonly Dictionary<Tensor, ParameterUse> _uses;

        internal Search(RecordedGraph graph, UnitWalk walk)
        {
            (_graph, _walk) = (graph, walk);
            _makers = walk.Layers.SelectMany(layer => layer.Labels, (layer, label) => (Layer: layer, Root: walk.Labels.Find(label)))
                .ToLookup(entry => entry.Root, entry => entry.Layer);
            _uses = walk.Uses.ToDictionary(use => use.Tensor);
        }

        internal HiddenUnits Run()
        {
            var layers = new List<HiddenLayer>();
            var alone = new List<UnitsLeftAlone>();
            foreach (var layer in _walk.Layers)
            {
                if (Fault(layer, out var outgoing) is { } reason)
                    alone.Add(new UnitsLeftAlone(layer.Path, layer.Labels.Length, reason));
                else
                    layers.Add(new HiddenLayer(layer.Path, Parameter(layer.Weight), layer.Bias is null ? null : Parameter(layer.Bias), outgoing));
            }

            return new HiddenUnits(layers, alone);
        }

        private string? Fault(LabelledLayer layer, out IReadOnlyList<OutgoingWeight> outgoing)
        {
            outgoing = [];
            if (FaultOf(layer.Weight, "it") is { } own)
                return own;
            if (layer.Labels.Select(_walk.Labels.ReasonOf).FirstOrDefault(reason => reason is not null) is { } frozen)
                return frozen;
            int[] roots = Array.ConvertAll(layer.Labels, _walk.Labels.Find);
            if (roots.FirstOrDefault(root => _makers[root].Count() > 1, -1) is >= 0 and var joined)
            {
                string others = string.Join(", ", _makers[joined].Select(other => other.Path).Distinct());
                return $"its units are joined with others by a sum, a product or a choice among them (of {others})";
            }

            var unitOf = roots.Index().ToDictionary(entry => entry.Item, entry => entry.Index);
            var found = new List<OutgoingWeight>();
            foreach (var use in _uses.Values)
            {
                int[] inputs = Array.ConvertAll(use.Leave, label => unitOf.GetValueOrDefault(_walk.Labels.Find(label), -1));
                if (!Array.Exists(inputs, unit => unit >= 0))
                    continue;
                if (FaultOf(use.Tensor, use.Name) is { } reader)
                    return reader;
                found.Add(new OutgoingWeight(Parameter(use.Tensor), inputs));
            }

            outgoing = found;
            return found.Count == 0 ? "no weight reads its units" : null;
        }

        private string? FaultOf(Tensor weight, string name)
        {
            if (_walk.UsedAgain.Contains(weight))
                return $"{name} is used more than once";
            var use = _uses[weight];
            return use.Groups > 1 ? $"{name} is a convolution in groups"
                : use.IsTransposed ? $"{name} is stored with its inputs first"
                : null;
        }

        private Parameter Parameter(Tensor tensor) => new(_graph.Names[tensor], tensor);
    }
}
