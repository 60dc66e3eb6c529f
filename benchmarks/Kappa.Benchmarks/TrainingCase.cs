namespace Kappa.Benchmarks;

/// <summary>A training step to time: a multilayer perceptron with ReLU, its batch, loss and optimizer.</summary>
/// <param name="Sizes">Widths from input to output.</param>
/// <param name="Batch">Rows in a batch.</param>
/// <param name="Loss"><c>crossEntropy</c> or <c>mse</c>.</param>
/// <param name="Foreach">Whether PyTorch uses its multi-tensor AdamW.</param>
/// <param name="Dopr">Whether activations precondition the gradient.</param>
internal sealed record TrainingCase(int[] Sizes, int Batch, string Loss, bool Foreach, bool Dopr)
{
    /// <summary>Flops of the products of one step: forward, weight gradients, and input gradients but the first layer's.</summary>
    internal double ProductFlops
    {
        get
        {
            double flops = 0;
            for (int i = 0; i + 1 < Sizes.Length; i++)
                flops += (i == 0 ? 4.0 : 6.0) * Batch * Sizes[i] * Sizes[i + 1];
            return flops;
        }
    }
}
