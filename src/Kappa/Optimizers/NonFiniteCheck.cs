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
                    $"{optimizer}: before step {step} the parameter {name} {tensor.Shape} holds {tensor.ElementAsDouble(bad)} at index "
                    + $"{NonFiniteDiagnosis.Position(tensor, bad)}. "
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
                    $"{optimizer}: at step {step} the gradient of {data.Parameters[i].Name} {gradient.Shape} holds {gradient.ElementAsDouble(bad)} at index "
                    + $"{NonFiniteDiagnosis.Position(gradient, bad)}. "
                    + "Nothing was changed. Check the data and the loss of this batch, and lower the learning rate");
            }
        }
    }

    /// <summary>Rates that the type of a parameter does not hold, once the schedule and the group have multiplied them.</summary>
    internal static void Rates(string optimizer, OptimizerStep data, long step)
    {
        for (int i = 0; i < data.Parameters.Count; i++)
        {
            var (name, tensor) = data.Parameters[i];
            double rate = data.LearningRateOf(i);
            if (rate > OptionChecks.Largest(tensor.DataType))
            {
                throw new InvalidOperationException(
                    $"{optimizer}: at step {step} the learning rate of {name} is {rate:G3}, with its schedule and the scale of its group; {tensor.DataType} "
                    + $"holds up to {OptionChecks.Largest(tensor.DataType):G3}. "
                    + "Nothing was changed. Lower one of them");
            }
        }
    }

    /// <summary>Gradients are finite, but their squares, which optimizers work with, are not.</summary>
    internal static NonFiniteException Overflow(string optimizer, OptimizerStep data, long step)
    {
        double Largest(int index) => data.Gradients[index] is { } gradient ? gradient.Backend.LargestMagnitude(gradient) : 0;
        int worst = Enumerable.Range(0, data.Gradients.Length).MaxBy(Largest);
        return new(
            $"{optimizer}: at step {step} the gradient of {data.Parameters[worst].Name} {data.Gradients[worst]!.Shape} reaches {Largest(worst):G3}, whose "
            + "square overflows. "
            + "Nothing was changed. Set MaxGradientNorm, lower the learning rate, or check the scale of the data");
    }
}
