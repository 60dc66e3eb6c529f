namespace Kappa.Tensors;

/// <summary>Sees the input and the output gradient of every use of one weight at the moment its gradient is due, and may change that gradient, or form it
/// itself.</summary>
/// <remarks>
/// <para><see cref="Tensor.Observe"/> registers it. It is called during <see cref="Tensor.Backward()"/>, with recording off, and it is not called by passes
/// that leave the tensors' own gradients alone (<see cref="Differentiate"/>). A weight may have several observers; they do not see each other, and only one of
/// them may change the gradient. Convolutions in groups are not shown.</para>
/// <para>This is all that a preconditioner by activations needs: <c>DoPr</c> is one, and <c>samples/OwnPreconditioner</c> another, written outside this
/// library.</para>
/// </remarks>
public interface IWeightObserver
{
    /// <summary>Whether it ever forms the gradient of a use itself, or changes the gradient when that is complete.</summary>
    bool ChangesGradient { get; }

    /// <summary>Called for each use of the weight.</summary>
    /// <param name="use">A <see cref="LinearUse"/>, a <see cref="ConvolutionUse"/> or a <see cref="RowsUse"/>; its tensors are valid during the call, and
    /// longer by <see cref="Tensor.Detach"/> (with <see cref="Tensor.Keep"/>, where a scope may end).</param>
    /// <returns>True when the observer forms this use's gradient itself, in <see cref="CompleteGradient"/>, so that the operation need not. Of a
    /// <see cref="RowsUse"/> the operation forms it in any case.</returns>
    bool Observe(WeightUse use);

    /// <summary>Called before anyone reads the weight's gradient, once after uses were observed. What has been added up so far is in
    /// <see cref="WeightObservation.GradientToWrite"/>.</summary>
    /// <param name="weight">The weight whose gradient is to be completed.</param>
    void CompleteGradient(Tensor weight);

    /// <summary>Called when the weight's gradient is cleared: forget the uses observed so far.</summary>
    /// <param name="weight">The weight whose gradient was cleared.</param>
    void Reset(Tensor weight);
}
