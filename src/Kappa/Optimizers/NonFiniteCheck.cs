using Kappa.Tensors;
using Kappa.Tensors.Differentiation;

namespace Kappa.Optimizers;

/// <summary>Finds which number is NaN or infinite, once a sum over all of them says that one may be.</summary>
internal static class NonFiniteCheck
{
    internal static void Parameters(string optimizer, long step, OptimizerStep data)
    {
        foreach (var (name, tensor) in data.Parameters)
        {
            int bad = tensor.FirstNonFinite();
            if (bad >= 0)
            {
                throw new NonFiniteException(
                    $"{optimizer}: before step {step} the parameter {name} {tensor.Shape} holds {tensor.ElementAsDouble(bad)} at index {NonFiniteDiagnosis.Position(tensor, bad)}. "
                    + "Nothing was changed. Load the last checkpoint, and lower the learning rate or set MaxGradientNorm");
            }
        }
    }

    internal static void Gradients(string optimizer, long step, OptimizerStep data)
    {
        for (int i = 0; i < data.Gradients.Length; i++)
        {
            if (data.Gradients[i] is not { } gradient)
                continue;
            int bad = gradient.FirstNonFinite();
            if (bad >= 0)
            {
                throw new NonFiniteException(
                    $"{optimizer}: at step {step} the gradient of {data.Parameters[i].Name} {gradient.Shape} holds {gradient.ElementAsDouble(bad)} at index {NonFiniteDiagnosis.Position(gradient, bad)}. "
                    + "Nothing was changed. Check the data and the loss of this batch, and lower the learning rate");
            }
        }
    }

    /// <summary>Gradients are finite, but their squares, which AdamW and Muon work with, are not.</summary>
    internal static NonFiniteException Overflow(string optimizer, long step, double norm) => new(
        $"{optimizer}: at step {step} the norm of the gradients is {norm:G3}, whose square overflows. "
        + "Nothing was changed. Set MaxGradientNorm, lower the learning rate, or check the scale of the data");

    /// <summary>The norm of finite gradients whose squares overflow.</summary>
    internal static double ScaledNorm(Tensor?[] gradients)
    {
        double largest = 0;
        foreach (var gradient in gradients)
        {
            for (int i = 0; i < (gradient?.Count ?? 0); i++)
                largest = Math.Max(largest, Math.Abs(gradient!.ElementAsDouble(i)));
        }

        double sum = 0;
        foreach (var gradient in gradients)
        {
            for (int i = 0; i < (gradient?.Count ?? 0); i++)
                sum += Math.Pow(gradient!.ElementAsDouble(i) / largest, 2);
        }

        return Math.Min(largest * Math.Sqrt(sum), double.MaxValue);
    }
}
