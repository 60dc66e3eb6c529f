namespace Kappa.Lab.Experiments.Isometry;

/// <summary>Units that were killed on purpose in a chain of linear layers and ReLUs.</summary>
internal sealed class DeadUnits
{
    private const float DeadBias = -50;
    private readonly Sequential _model;
    private readonly IReadOnlyList<(int Child, int[] Units)> _layers;

    private DeadUnits(Sequential model, IReadOnlyList<(int Child, int[] Units)> layers) => (_model, _layers) = (model, layers);

    /// <summary>How many.</summary>
    internal int Count => _layers.Sum(layer => layer.Units.Length);

    /// <summary>Kills a share of the units of every hidden layer but the first, whose inputs may be negative.</summary>
    internal static DeadUnits Kill(Sequential model, double share, bool byBias, Philox generator)
    {
        int[] linear = [.. Enumerable.Range(0, model.Children.Count).Where(child => model.Children[child].Module is Linear)];
        var layers = new List<(int, int[])>();
        foreach (int child in linear[1..^1])
        {
            var layer = (Linear)model.Children[child].Module;
            int[] units = [.. Enumerable.Range(0, layer.OutputSize)];
            generator.Split(child).Shuffle(units);
            units = [.. units.Take((int)Math.Round(share * layer.OutputSize))];
            float[] biases = layer.Bias!.ToArray<float>(), weights = layer.Weight.ToArray<float>();
            foreach (int unit in units)
            {
                biases[unit] = byBias ? DeadBias : 0;
                if (byBias)
                    continue;
                foreach (ref float weight in weights.AsSpan(unit * layer.InputSize, layer.InputSize))
                    weight = -Math.Abs(weight);
            }

            layer.Bias.CopyFromInPlace(Tensor.From(biases, layer.Bias.Shape));
            layer.Weight.CopyFromInPlace(Tensor.From(weights, layer.Weight.Shape));
            layers.Add((child, units));
        }

        return new DeadUnits(model, layers);
    }

    /// <summary>The share of them that is positive on at least one input.</summary>
    internal double Awake(Tensor inputs)
    {
        using var outside = NoGradient.Begin();
        using var scope = TensorScope.Begin();
        var current = inputs;
        int awake = 0;
        for (int child = 0; child < _model.Children.Count; child++)
        {
            current = _model.Children[child].Module.Forward(current);
            foreach (var (at, units) in _layers)
            {
                if (at + 1 != child)
                    continue;
                float[] largest = current.Max(0).ToArray<float>();
                awake += units.Count(unit => largest[unit] > 0);
            }
        }

        return (double)awake / Count;
    }
}
