using Kappa.Tensors;
using Kappa.Tensors.Kernels;
using Kappa.Units;

namespace Kappa.Plasticity;

/// <summary>The columns of one weight that read the units of a layer, and the same columns of what goes into it.</summary>
internal sealed class UnitColumns
{
    private readonly OutgoingWeight _weight;
    private readonly int _units;
    private readonly bool _isRegular;
    private readonly int[][] _inputsOf;

    internal UnitColumns(OutgoingWeight weight, int units)
    {
        (_weight, _units, _isRegular) = (weight, units, weight.IsRegular(units));
        var inputs = weight.UnitOfInput.Index().ToLookup(entry => entry.Item, entry => entry.Index);
        _inputsOf = [.. Enumerable.Range(0, units).Select(unit => inputs[unit].ToArray())];
    }

    internal Tensor Weight => _weight.Weight.Tensor;

    /// <summary>How many inputs the weight has.</summary>
    internal int Inputs => _weight.UnitOfInput.Count;

    /// <summary>How many inputs of the weight a unit has.</summary>
    internal int InputsOf(int unit) => _inputsOf[unit].Length;

    /// <summary>The sum of |x| for each unit, with x seen as <c>[rows, inputs, ...]</c>: the weight itself, or what goes into it. Scratch memory belongs to the
    /// caller's scope.</summary>
    internal double[] SumsOfMagnitudes(Tensor x)
    {
        if (_isRegular)
            return Sums(x, _units);
        double[] inputs = Sums(x, _weight.UnitOfInput.Count);
        return [.. _inputsOf.Select(own => own.Sum(input => inputs[input]))];
    }

    /// <summary>Zeroes the columns of units in a tensor of the weight's shape.</summary>
    internal void Clear(Tensor tensor, IReadOnlyList<int> units)
    {
        int kernel = _weight.Kernel, inputs = _weight.UnitOfInput.Count;
        for (int row = 0; row < tensor.Shape[0]; row++)
        {
            foreach (int unit in units)
            {
                foreach (int input in _inputsOf[unit])
                    tensor.ClearRange(((row * inputs) + input) * kernel, kernel);
            }
        }
    }

    private static double[] Sums(Tensor x, int parts)
    {
        var backend = x.Backend;
        int rows = x.Shape[0];
        int block = x.Count / rows / parts;
        var magnitudes = x.New(x.Shape);
        backend.Unary(UnaryKernel.Abs, x, magnitudes);
        if (block > 1)
        {
            var sums = x.New([rows, parts]);
            backend.Sum(magnitudes, rows * parts, block, 1, 1, sums, accumulate: false);
            magnitudes = sums;
        }

        var result = x.New([parts]);
        backend.Sum(magnitudes, 1, rows, parts, 1, result, accumulate: false);
        return [.. Enumerable.Range(0, parts).Select(result.OnHost().ElementAsDouble)];
    }
}
