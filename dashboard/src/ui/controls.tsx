import { type InputHTMLAttributes, type ReactNode, useId } from 'react'

export type ButtonProps = {
  readonly children: ReactNode
  readonly onClick?: (() => void) | undefined
  readonly kind?: 'plain' | 'main' | 'danger' | 'quiet'
  readonly type?: 'button' | 'submit'
  readonly disabled?: boolean
  /** Under way: it can't be pressed again, and says so. */
  readonly busy?: boolean
  readonly pressed?: boolean
  readonly label?: string
}

export function Button({
  children,
  onClick,
  kind = 'plain',
  type = 'button',
  disabled = false,
  busy = false,
  pressed,
  label,
}: ButtonProps) {
  return (
    <button
      type={type}
      className={`button button-${kind}`}
      onClick={onClick}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      aria-pressed={pressed}
      aria-label={label}
    >
      {children}
    </button>
  )
}

type FieldProps = {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly hint?: string | undefined
  readonly error?: string | null | undefined
  /** Lines; more than one make it a text area. */
  readonly lines?: number
  readonly type?: 'text' | 'number' | 'password' | 'search' | 'date'
  /** The label is for screen readers alone. */
  readonly hideLabel?: boolean
} & Pick<
  InputHTMLAttributes<HTMLInputElement>,
  'placeholder' | 'required' | 'min' | 'max' | 'step' | 'disabled' | 'autoComplete' | 'autoFocus'
>

export function Field({
  label,
  value,
  onChange,
  hint,
  error,
  lines = 1,
  type = 'text',
  hideLabel,
  ...rest
}: FieldProps) {
  const id = useId()
  const described = error ? `${id}-error` : hint ? `${id}-hint` : undefined
  const shared = {
    id,
    value,
    'aria-describedby': described,
    'aria-invalid': error ? true : undefined,
    onChange: (event: { readonly target: { readonly value: string } }) => onChange(event.target.value),
  }
  const { placeholder, required, disabled } = rest
  return (
    <div className="field">
      <label htmlFor={id} className={hideLabel ? 'only-heard' : undefined}>
        {label}
      </label>
      {lines > 1 ? (
        <textarea {...shared} {...{ placeholder, required, disabled }} rows={lines} />
      ) : (
        <input {...shared} {...rest} type={type} />
      )}
      {error ? (
        <p id={`${id}-error`} className="field-error">
          {error}
        </p>
      ) : (
        hint && (
          <p id={`${id}-hint`} className="field-hint">
            {hint}
          </p>
        )
      )}
    </div>
  )
}

type Choice = { readonly value: string; readonly label: string }

export function Select({
  label,
  value,
  onChange,
  choices,
  hideLabel = false,
  hint,
  disabled = false,
}: {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly choices: readonly Choice[]
  readonly hideLabel?: boolean
  readonly hint?: string
  readonly disabled?: boolean
}) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id} className={hideLabel ? 'only-heard' : undefined}>
        {label}
      </label>
      <select
        id={id}
        value={value}
        disabled={disabled}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={({ target }) => onChange(target.value)}
      >
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
      {hint && (
        <p id={`${id}-hint`} className="field-hint">
          {hint}
        </p>
      )}
    </div>
  )
}
