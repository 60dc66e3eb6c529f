using Kappa.Networks;
using Kappa.Tensors;
using Kappa.Tensors.Differentiation;
using Kappa.Units;

namespace Kappa.Diagnostics;

/// <summary>Which units of a model do nothing.</summary>
/// <remarks>
/// A unit's score is the mean of |h| over the inputs, divided by the mean of that over the layer; it is dormant at tau where the score is at most tau. Units
/// are the features of each activation, wherever it stands: a module (ReLU and its kind, GroupSort, MaxMin), or an operation within another, as in residual
/// blocks, which is found in the recorded graph. A channel of a convolution is one unit. Source: Sokar, Agarwal, Castro and Evci (2023), "The Dormant Neuron
/// Phenomenon in Deep Reinforcement Learning", arXiv 2302.12902, definition 3.1.
/// </remarks>
public static class DormantUnits
{
    /// <summary>Measures every activation of a model in one forward pass.</summary>
    /// <param name="model">The model; in evaluation mode, unless dropout and batch statistics are to count.</param>
    /// <param name="inputs">Inputs, <c>[n, ...]</c>.</param>
    /// <returns>One entry for each activation, in the order of the forward pass.</returns>
    public static IReadOnlyList<UnitActivity> Measure(Module model, Tensor inputs)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Count == 0)
        {
            throw new TensorShapeException(
                $"DormantUnits: expected one example or more to judge units on, [examples, ...]; got {inputs.Shape}, on which every unit is dormant");
        }
        using var scope = TensorScope.Begin();
        using var activations = RecordedActivations.Of(model, inputs);
        return [.. activations.All.Select(entry => new UnitActivity(entry.Path, ScoresOf(entry.Path, entry.Output)))];
    }

    /// <summary>The scores of the units of one output: of <c>[batch, channels, height, width]</c> the channels, otherwise the last axis.</summary>
    private static double[] ScoresOf(string path, Tensor output)
    {
        double[] scores = Scores(output);
        // A score of NaN is below no threshold, so that a dead unit would pass for a live one.
        int bad = Array.FindIndex(scores, score => !double.IsFinite(score)) < 0 ? -1 : output.FirstNonFinite();
        return bad < 0
            ? scores
            : throw new NonFiniteException(
                $"DormantUnits: the output {output.Shape} of {path} holds {output.ElementAsDouble(bad)} at index {NonFiniteDiagnosis.Position(output, bad)}. "
                + "Check the weights and the inputs");
    }

    internal static double[] Scores(Tensor output)
    {
        int units = output.Rank == 4 ? output.Shape[1] : output.Shape[-1];
        int inner = output.Rank == 4 ? output.Shape[2] * output.Shape[3] : 1;
        var sums = new double[units];
        using var exact = output.DataType == DataType.Float64 ? output.Detach().Clone() : output.Detach().To(DataType.Float64);
        var values = exact.OnHost().ReadOnlyValues<double>();
        for (int i = 0; i < values.Length; i++)
            sums[i / inner % units] += Math.Abs(values[i]);
        double mean = sums.Average();
        return mean == 0 ? new double[units] : [.. sums.Select(sum => sum / mean)];
    }
}
