using Kappa.Tensors;
using Kappa.Tensors.Differentiation;

namespace Kappa.Preconditioning;

/// <summary>Recognises, within one backward pass, that a layer sees the input that another one has just seen, as query, key and value do: the sum over its rows
/// is formed once.</summary>
internal sealed class InputSums
{
    // The layers that share an input follow each other, with others between them at most where branches meet. The inputs remembered are kept alive.
    private const int Remembered = 4;

    private readonly List<(InputSum? Before, Tensor Input, InputSum After)> _recent = [];
    private (int Thread, long Pass) _pass;

    /// <summary>How many sums were formed rather than found.</summary>
    internal long Formed { get; private set; }

    /// <summary>The sum with a further input; see <see cref="InputSum.Extend"/>.</summary>
    internal InputSum Extend(InputSum? before, Tensor input, bool withColumns, bool mayBeShared)
    {
        // Between passes a tensor may have been written to.
        var pass = (Environment.CurrentManagedThreadId, BackwardPass.Passes);
        if (_pass != pass)
            Clear();
        _pass = pass;
        foreach (var entry in _recent)
        {
            if (mayBeShared && entry.Before == before && entry.After.Holders > 0 && IsSame(entry.Input, input)
                && entry.After.Columns is not null == withColumns)
            {
                before?.Release();
                return entry.After.Hold();
            }
        }

        // The memory of a sum that is continued by its only holder changes.
        for (int i = _recent.Count - 1; i >= 0; i--)
        {
            if (before is { Holders: 1 } && _recent[i].After == before)
                RemoveAt(i);
        }

        Formed++;
        var after = InputSum.Extend(before, input, withColumns);
        if (!mayBeShared)
            return after;
        if (_recent.Count == Remembered)
            RemoveAt(0);
        using var outside = TensorScope.Suspend();
        _recent.Add((before, input.Alias(input.Shape), after));
        return after;
    }

    /// <summary>Forgets the inputs; the sums belong to their holders.</summary>
    internal void Clear()
    {
        while (_recent.Count > 0)
            RemoveAt(_recent.Count - 1);
    }

    /// <summary>Whether two tensors are one piece of memory, read in one way.</summary>
    internal static bool IsSame(Tensor a, Tensor b) => a.Shape == b.Shape && a.DataType == b.DataType && a.Storage == b.Storage && a.StartByte == b.StartByte;

    private void RemoveAt(int index)
    {
        _recent[index].Input.Dispose();
        _recent.RemoveAt(index);
    }
}
