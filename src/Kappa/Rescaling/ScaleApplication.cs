using Kappa.Optimizers;
using Kappa.Tensors;
using Kappa.Tensors.Kernels;
using Kappa.Units;

namespace Kappa.Rescaling;

/// <summary>Multiplies each parameter by the scale of the unit it enters over that of the unit it leaves, with one rounding.</summary>
internal sealed class ScaleApplication
{
    private readonly List<(ParameterUse Use, double[] Enter, double[] Leave)> _factors = [];

    internal ScaleApplication(UnitWalk walk, UnitIndex units, double[] scales)
    {
        foreach (var use in walk.Uses)
        {
            double[] enter = Array.ConvertAll(use.Enter, label => scales[units.Of(label)]);
            double[] leave = Array.ConvertAll(use.Leave, label => scales[units.Of(label)]);
            if (enter.Any(scale => scale != 1) || leave.Any(scale => scale != 1))
                _factors.Add((use, enter, leave));
        }
    }

    /// <summary>What changes.</summary>
    internal IReadOnlyList<Tensor> Tensors => [.. _factors.Select(entry => entry.Use.Tensor)];

    /// <exception cref="NonFiniteException">A parameter would leave the range of its type; nothing was changed.</exception>
    internal void Apply()
    {
        foreach (var (use, enter, leave) in _factors)
        {
            double largest = use.Tensor.DataType == DataType.Float32 ? float.MaxValue : double.MaxValue;
            if (FiniteParameters.Largest(use.Tensor) > largest / enter.Max() * leave.Min())
                RequireRange(use, enter, leave, largest);
        }

        foreach (var (use, enter, leave) in _factors)
            Multiply(use.Tensor, use, enter, leave, power: 1, leavePower: -1);
    }

    /// <summary>What moves an optimizer's state along.</summary>
    internal StateTransport Transport() => new(_factors.ToDictionary(
        entry => entry.Use.Tensor,
        entry => (Action<Tensor, int, int>)((slot, power, leavePower) => Multiply(slot, entry.Use, entry.Enter, entry.Leave, power, leavePower))));

    /// <summary>Multiplies a tensor in the layout of a use by enter^power leave^leavePower.</summary>
    internal static void Multiply(Tensor tensor, ParameterUse use, double[] enter, double[] leave, int power, int leavePower)
    {
        double[] rows = Array.ConvertAll(enter, scale => Math.Pow(scale, power)), columns = Array.ConvertAll(leave, scale => Math.Pow(scale, leavePower));
        bool isFloat = tensor.DataType == DataType.Float32;
        using var edit = HostEdit.Of(tensor);
        var floats = isFloat ? edit.Values<float>() : default;
        var doubles = isFloat ? default : edit.Values<double>();
        for (int o = 0; o < use.Outputs; o++)
        {
            var seen = columns.AsSpan(use.FirstInput(o), use.Inputs);
            if (use.IsTransposed || use.Kernel > 1)
                OneByOne(use, o, rows[o], seen, floats, doubles);
            else if (isFloat)
                MultiplyRow(floats.Slice(o * use.Inputs, use.Inputs), rows[o], seen);
            else
                MultiplyRow(doubles.Slice(o * use.Inputs, use.Inputs), rows[o], seen);
        }
    }

    private static void MultiplyRow(Span<float> values, double row, ReadOnlySpan<double> columns)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)(values[i] * (row * columns[i]));
    }

    private static void MultiplyRow(Span<double> values, double row, ReadOnlySpan<double> columns)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] *= row * columns[i];
    }

    private static void OneByOne(ParameterUse use, int o, double row, ReadOnlySpan<double> columns, Span<float> floats, Span<double> doubles)
    {
        for (int i = 0; i < use.Inputs; i++)
        {
            double factor = row * columns[i];
            int start = use.IsTransposed ? (i * use.Outputs) + o : ((o * use.Inputs) + i) * use.Kernel;
            for (int k = start; k < start + use.Kernel; k++)
            {
                if (floats.IsEmpty)
                    doubles[k] *= factor;
                else
                    floats[k] = (float)(floats[k] * factor);
            }
        }
    }

    private static void RequireRange(ParameterUse use, double[] enter, double[] leave, double largest)
    {
        for (int o = 0; o < use.Outputs; o++)
        {
            for (int i = 0; i < use.Inputs * use.Kernel; i++)
            {
                int input = i / use.Kernel;
                int at = use.IsTransposed ? (input * use.Outputs) + o : (o * use.Inputs * use.Kernel) + i;
                double value = use.Tensor.ElementAsDouble(at) * enter[o] / leave[use.FirstInput(o) + input];
                if (!(Math.Abs(value) <= largest))
                {
                    throw new NonFiniteException(
                        $"rescaling would take {use.Name} {use.Tensor.Shape} from {use.Tensor.ElementAsDouble(at):G3} to {value:G3}, out of the range of "
                        + $"{use.Tensor.DataType}; nothing was changed. Use a model in Float64");
                }
            }
        }
    }
}
