using Kappa.Optimizers;
using Kappa.Tensors;

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
        if (tensor.DataType == DataType.Float32)
        {
            var values = tensor.Values<float>();
            ForEach(use, enter, leave, power, leavePower, values, static (ref float value, double factor) => value = (float)(value * factor));
        }
        else
        {
            var values = tensor.Values<double>();
            ForEach(use, enter, leave, power, leavePower, values, static (ref double value, double factor) => value *= factor);
        }
    }

    private delegate void Update<T>(ref T value, double factor);

    private static void ForEach<T>(ParameterUse use, double[] enter, double[] leave, int power, int leavePower, Span<T> values, Update<T> update)
    {
        double[] rows = Array.ConvertAll(enter, scale => Math.Pow(scale, power)), columns = Array.ConvertAll(leave, scale => Math.Pow(scale, leavePower));
        for (int o = 0; o < use.Outputs; o++)
        {
            int first = use.FirstInput(o);
            for (int i = 0; i < use.Inputs; i++)
            {
                double factor = rows[o] * columns[first + i];
                int start = use.IsTransposed ? (i * use.Outputs) + o : ((o * use.Inputs) + i) * use.Kernel;
                for (int k = start; k < start + use.Kernel; k++)
                    update(ref values[k], factor);
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
                    throw new NonFiniteException($"rescaling would take {use.Name} {use.Tensor.Shape} from {use.Tensor.ElementAsDouble(at):G3} to {value:G3}, out of the range of {use.Tensor.DataType}; nothing was changed. Use a model in Float64");
            }
        }
    }
}
