import fc from 'fast-check'
import { expect, test } from 'vitest'
import { someText } from '../../test/support/texts.ts'
import { language } from './language.ts'

test.each([
  ['en', 'What is the capital of France, and how many people live in it?'],
  ['de', 'Was ist die Hauptstadt von Frankreich, und wie viele Menschen leben dort?'],
  ['fr', 'Quelle est la capitale de la France et combien de personnes vivent dans cette ville ?'],
  ['es', '¿Cuál es la capital de Francia y cuántas personas viven en ella?'],
  ['it', 'Qual è la capitale della Francia e quante persone ci vivono? Non sono sicuro che sia Parigi.'],
  ['pt', 'Qual é a capital da França e quantas pessoas vivem lá? Você não precisa dar uma resposta longa.'],
  ['nl', 'Wat is de hoofdstad van Frankrijk en hoeveel mensen wonen er? Ik weet het niet.'],
  ['pl', 'Jaka jest stolica Francji i jak duże jest to miasto? Nie wiem, czy to Paryż.'],
  ['sv', 'Vad är huvudstaden i Frankrike och hur många bor det där? Jag vet inte om det är Paris.'],
  ['tr', 'Fransa için bir başkent var mı, nasıl bir şehir ve ne kadar büyük?'],
  ['ru', 'Какой город — столица Франции?'],
  ['zh', '法国的首都是哪里?有多少人口?'],
  ['ja', 'フランスの首都はどこですか。人口は何人ですか。'],
  ['ko', '프랑스의 수도는 어디입니까?'],
  ['ar', 'ما هي عاصمة فرنسا؟'],
  ['he', 'מהי בירת צרפת?'],
  ['el', 'Ποια είναι η πρωτεύουσα της Γαλλίας;'],
  ['hi', 'फ्रांस की राजधानी क्या है?'],
  ['th', 'เมืองหลวงของฝรั่งเศสคือที่ไหน'],
])('reads %s', (code, text) => {
  expect(language(text)).toBe(code)
})

test('a few Chinese characters do not make an English question Chinese', () => {
  expect(language('What is the meaning of the word 你好 and how is it used in a letter?')).toBe('en')
})

test.each([
  ['nothing', ''],
  ['digits', '1 + 1 = 2'],
  ['a picture', '🎉🎉🎉'],
  ['half a picture', '\ud83c'],
  ['one unknown word', 'xyzzy'],
])('says that %s tells no language', (_, text) => {
  expect(language(text)).toBe('und')
})

test('gives a code for any text, the same each time', () => {
  fc.assert(
    fc.property(someText(300), (text) => {
      expect(language(text)).toMatch(/^([a-z]{2}|und)$/)
      expect(language(text)).toBe(language(text))
    }),
  )
})

test('reads only the beginning of a long text', () => {
  const english = 'This is what the letter of the king was for, and it was not long. '
  expect(language(english.repeat(15) + 'и так далее '.repeat(80_000))).toBe('en')
})
