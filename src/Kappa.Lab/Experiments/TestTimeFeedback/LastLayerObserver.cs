using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Experiments.TestTimeFeedback;

/// <summary>Takes the inputs and the output gradients of a linear layer.</summary>
internal sealed class LastLayerObserver : IWeightObserver
{
    private readonly List<(Matrix<double> Inputs, Matrix<double> Gradients)> _uses = [];

    public bool ChangesGradient => false;

    /// <summary>Rows <c>[n, in]</c> and the gradients at the outputs, <c>[n, out]</c>; null where the layer was not used.</summary>
    internal (Matrix<double> Inputs, Matrix<double> Gradients)? Rows => _uses switch
    {
        [] => null,
        [var one] => one,
        _ => (Stacked([.. _uses.Select(use => use.Inputs)]), Stacked([.. _uses.Select(use => use.Gradients)])),
    };

    public bool Observe(WeightUse use)
    {
        if (use is LinearUse linear)
            _uses.Add((ToMatrix(linear.Input), ToMatrix(linear.OutputGradient)));
        return false;
    }

    public void CompleteGradient(Tensor weight)
    {
    }

    // The gradient is cleared after the step too, when what was seen is still to be read.
    public void Reset(Tensor weight)
    {
    }

    internal static Matrix<double> ToMatrix(Tensor tensor)
    {
        int columns = tensor.Shape[^1];
        double[] values = tensor.DataType == DataType.Float64 ? tensor.ToArray<double>() : Array.ConvertAll(tensor.ToArray<float>(), value => (double)value);
        return Matrix<double>.Build.DenseOfRowMajor(values.Length / columns, columns, values);
    }

    private static Matrix<double> Stacked(Matrix<double>[] parts) => parts.Skip(1).Aggregate(parts[0], (all, part) => all.Stack(part));
}
