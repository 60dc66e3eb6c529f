namespace Kappa.Data.Text;

/// <summary>Windows of a token stream: inputs int32 <c>[T]</c>, targets int32 <c>[T]</c>, the tokens that follow each input.</summary>
/// <remarks>Row i starts at token <c>i * stride</c>. A stride of 1 makes every place in the stream a start, so that batches in a random order
/// are random windows; a stride of T makes windows that share no input, which in order are the whole stream, for validation. The tokens
/// after the last whole window are left out.</remarks>
public sealed class TokenDataSet : DataSet
{
    private readonly TokenStream _stream;
    private readonly int _stride;

    /// <summary>Windows of a stream.</summary>
    /// <param name="stream">The tokens; at least <paramref name="contextLength"/> + 1.</param>
    /// <param name="contextLength">T, the tokens that a model sees, at least 1.</param>
    /// <param name="stride">Tokens from one window's start to the next, at least 1.</param>
    /// <exception cref="ArgumentException">The stream is shorter than one window.</exception>
    public TokenDataSet(TokenStream stream, int contextLength, int stride)
        : base(CountOf(stream, contextLength, stride), [contextLength], DataType.Int32, [contextLength], DataType.Int32) =>
        (_stream, _stride) = (stream, stride);

    /// <inheritdoc/>
    protected override void CopyCore(ReadOnlySpan<int> rows, Tensor inputs, Tensor targets)
    {
        int length = InputShape.Count;
        for (int i = 0; i < rows.Length; i++)
        {
            int start = rows[i] * _stride;
            _stream.Tokens.Slice(start, length).CopyTo(inputs.Values<int>()[(i * length)..]);
            _stream.Tokens.Slice(start + 1, length).CopyTo(targets.Values<int>()[(i * length)..]);
        }
    }

    private static int CountOf(TokenStream stream, int contextLength, int stride)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(contextLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        int tokens = stream.Tokens.Length;
        // Written so that a context length near the largest integer does not overflow.
        return tokens > contextLength
            ? ((tokens - contextLength - 1) / stride) + 1
            : throw new ArgumentException(
                $"a window of {contextLength} tokens and the one that follows needs {contextLength + 1L}; the stream has {tokens}", nameof(stream));
    }
}
