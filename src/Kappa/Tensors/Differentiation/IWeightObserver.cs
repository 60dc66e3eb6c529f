namespace Kappa.Tensors.Differentiation;

/// <summary>Sees the input and the output gradient of every use of one weight matrix at the moment its gradient is due.</summary>
/// <remarks>A weight may have several; they do not see each other, and only one of them may take over the gradient.</remarks>
internal interface IWeightObserver
{
    /// <summary>Whether it ever forms the gradient of a use itself, or changes the gradient when that is complete.</summary>
    bool ChangesGradient { get; }

    /// <summary>Called for each use of the weight in <c>y = x W^T</c>, during the backward pass.</summary>
    /// <param name="weight">W, <c>[out, in]</c>.</param>
    /// <param name="input">x, <c>[n, in]</c>.</param>
    /// <param name="outputGradient">The gradient at y, <c>[n, out]</c>; keep it by <see cref="Tensor.Alias"/>, since the pass gives it back.</param>
    /// <returns>True when the observer forms this use's gradient itself, in <see cref="CompleteGradient"/>.</returns>
    bool Observe(Tensor weight, Tensor input, Tensor outputGradient);

    /// <summary>Called for each use of the weight of a convolution without groups, during the backward pass.</summary>
    /// <param name="weight">W, <c>[out, in, kernel, kernel]</c>.</param>
    /// <param name="use">The use, valid during the call.</param>
    /// <returns>True when the observer forms this use's gradient itself, in <see cref="CompleteGradient"/>.</returns>
    bool ObserveConvolution(Tensor weight, ConvolutionUse use);

    /// <summary>Called for each use of the weight as a table whose rows are picked by index, during the backward pass. The operation forms the gradient.</summary>
    /// <param name="weight">The table, <c>[count, ...]</c>.</param>
    /// <param name="indices">Which rows, Int32 of any shape.</param>
    void ObserveRows(Tensor weight, Tensor indices);

    /// <summary>Called before anyone reads the weight's gradient, once after uses were observed.</summary>
    /// <param name="weight">The weight whose gradient is to be completed.</param>
    void CompleteGradient(Tensor weight);

    /// <summary>Called when the weight's gradient is cleared: forget the uses observed so far.</summary>
    /// <param name="weight">The weight whose gradient was cleared.</param>
    void Reset(Tensor weight);
}
