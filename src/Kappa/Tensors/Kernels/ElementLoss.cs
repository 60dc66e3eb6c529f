namespace Kappa.Tensors.Kernels;

/// <summary>The weighted mean of a loss over elements: what it is taken of. All inputs have one shape, which is not empty.</summary>
/// <param name="name">What errors call it.</param>
/// <param name="function">The loss of one element.</param>
/// <param name="inputs">a, b and, where the function takes it, c.</param>
internal sealed class ElementLoss(string name, LossFunction function, params Tensor[] inputs)
{
    internal string Name => name;

    internal LossFunction Function => function;

    internal Tensor[] Inputs => inputs;

    /// <summary>p for each index of the last axis, or one for all.</summary>
    internal double[] Parameters { get; init; } = [0];

    /// <summary>s.</summary>
    internal double Smoothing { get; init; }

    /// <summary>Of the shape of the inputs, or of their leading axes; what weighs nothing is not looked at. Null: 1 for each.</summary>
    internal Tensor? Weights { get; init; }

    /// <summary>What the sum is divided by.</summary>
    internal double Divisor { get; init; } = inputs[0].Count;
}
