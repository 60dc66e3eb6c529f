using System.Runtime.ExceptionServices;

namespace Kappa.Training;

/// <summary>Computes several pieces of a batch side by side, one at a time: where a layer takes a sum over the batch, each piece brings its share, then waits
/// while the others come to the same place.</summary>
/// <remarks>Each piece has a thread of its own, which keeps what was computed so far; what pieces share, such as the memory of gradients, changes hands with
/// the turn.</remarks>
internal sealed class PieceTurns : IDisposable
{
    private readonly int _count;
    private readonly Action<double[]> _sumOverProcesses;
    private readonly Func<object> _suspend;
    private readonly Action<object> _resume;
    private readonly SemaphoreSlim[] _turns;
    private readonly SemaphoreSlim _allDone = new(0);
    private readonly Thread[] _threads;
    private readonly bool[] _isDone;
    private readonly double[]?[] _shares;
    private double[] _total = [];
    private Action<int>? _work;
    private ExceptionDispatchInfo? _failure;

    internal PieceTurns(int count, Action<double[]> sumOverProcesses, Func<object> suspend, Action<object> resume)
    {
        (_count, _sumOverProcesses, _suspend, _resume) = (count, sumOverProcesses, suspend, resume);
        (_turns, _isDone, _shares) = ([.. Enumerable.Range(0, count).Select(_ => new SemaphoreSlim(0))], new bool[count], new double[count][]);
        _threads = [.. Enumerable.Range(0, count).Select(piece => new Thread(() => Serve(piece)) { IsBackground = true, Name = $"Kappa piece {piece + 1}" })];
        Array.ForEach(_threads, thread => thread.Start());
    }

    /// <summary>Does the work of all pieces.</summary>
    internal void Run(Action<int> work)
    {
        (_work, _failure) = (work, null);
        Array.Clear(_isDone);
        _ = _turns[0].Release();
        _allDone.Wait();
        _failure?.Throw();
    }

    /// <summary>Called by a piece at its turn: replaces values by their sums over all pieces, here along a tree and then over the processes.</summary>
    internal void Sum(int piece, double[] values)
    {
        _shares[piece] = values;
        if (piece == _count - 1)
        {
            _total = Tree(0, _count);
            _sumOverProcesses(_total);
        }
        object state = _suspend();
        Next(piece);
        _turns[piece].Wait();
        _resume(state);
        if (_failure is not null)
            throw new OperationCanceledException("another piece of the batch failed");
        _total.CopyTo(values, 0);
    }

    public void Dispose()
    {
        _work = null;
        foreach (var turn in _turns)
            _ = turn.Release();
        Array.ForEach(_threads, thread => thread.Join());
        Array.ForEach(_turns, turn => turn.Dispose());
        _allDone.Dispose();
    }

    private void Serve(int piece)
    {
        while (true)
        {
            _turns[piece].Wait();
            if (_work is not { } work)
                return;
            try
            {
                if (_failure is null)
                    work(piece);
            }
            catch (Exception error)
            {
                // What follows from the first failure is none.
                _failure ??= ExceptionDispatchInfo.Capture(error);
            }
            _isDone[piece] = true;
            Next(piece);
        }
    }

    private void Next(int piece)
    {
        for (int distance = 1; distance <= _count; distance++)
        {
            int next = (piece + distance) % _count;
            if (!_isDone[next])
            {
                _ = _turns[next].Release();
                return;
            }
        }
        _ = _allDone.Release();
    }

    private double[] Tree(int first, int count)
    {
        if (count == 1)
            return [.. _shares[first]!];
        double[] sum = Tree(first, count / 2), other = Tree(first + (count / 2), count / 2);
        for (int i = 0; i < sum.Length; i++)
            sum[i] += other[i];
        return sum;
    }
}
